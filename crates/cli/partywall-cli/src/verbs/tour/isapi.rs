//! Stations of the ISAPI document.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::house::{Client, House};
use super::station::Station;

/// Requests that are sent at once.
const AT_ONCE: usize = 8;
/// How long each of them works.
const WORK_MS: u64 = 300;
/// How long an idle extension may take to be unloaded, its idle time included.
const UNLOAD_BOUND: Duration = Duration::from_secs(8);

/// The life of an extension.
pub const LIFE: Station = Station {
    id: "extension-life",
    title: "The life of an extension",
    document: "isapi",
    quote: "The only case in which an isapi extension’s GetExtensionVersion will be called again \
            is after unloading and reloading the DLL (as the whole process starts from scratch).",
    command: "curl http://127.0.0.1:8080/threads/?format=json",
    visit: life,
};

/// The thread demonstration.
pub const THREADS: Station = Station {
    id: "worker-threads",
    title: "Which worker thread runs me?",
    document: "isapi",
    quote: "Isapithrd displays which worker thread is currently executing it and how many \
            instances are concurrently executed.",
    command: "curl 'http://127.0.0.1:8080/threads/?work=300'",
    visit: threads,
};

fn number(value: &Value, key: &str) -> Result<u64, String> {
    value
        .get(key)
        .and_then(Value::as_u64)
        .ok_or_else(|| format!("the answer has no {key}: {value}"))
}

fn text(value: &Value, key: &str) -> Result<String, String> {
    let found = value.get(key).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| format!("the answer has no {key}: {value}"))
}

/// Sends requests at the same time; their answers.
fn together(client: &Client, path: &str, count: usize) -> Result<Vec<Value>, String> {
    let sent: Vec<_> = (0..count)
        .map(|_| {
            let (client, path) = (client.clone(), path.to_owned());
            security::spawner::spawn("visitor", 256 << 10, move || client.json(&path, None))
        })
        .collect();
    let failed = |_| "a visitor's thread panicked".to_owned();
    sent.into_iter()
        .map(|thread| thread.map_err(|error| error.to_string())?.join().map_err(failed)?)
        .collect()
}

fn life(house: &mut House) -> Result<String, String> {
    let client = house.client()?;
    let work = format!("/threads/?work={WORK_MS}");
    let began = Instant::now();
    let answers = together(&client, &work, AT_ONCE)?;
    let took = began.elapsed();
    let first = answers.first().ok_or("no answers")?;
    let instance = text(first, "instance")?;
    for answer in &answers {
        if text(answer, "instance")? != instance || number(answer, "version_calls")? != 1 {
            return Err(format!("one load expected, seen {answer}"));
        }
    }
    let most = answers.iter().map(|answer| number(answer, "max")).collect::<Result<Vec<_>, _>>()?;
    let most = most.into_iter().max().unwrap_or(0);
    if most < 2 {
        return Err("HttpExtensionProc never ran twice at the same time".into());
    }
    let mut seen = format!(
        "{AT_ONCE} first requests at once: GetExtensionVersion ran once, HttpExtensionProc \
         {AT_ONCE} times,\nup to {most} at the same time ({} ms in all); the extension is \
         instance {instance}",
        took.as_millis()
    );
    let again = wait_for_reload(&client, &instance)?;
    if number(&again, "version_calls")? != 1 || number(&again, "total")? != 1 {
        return Err(format!("fresh globals expected after the reload, seen {again}"));
    }
    let fresh = text(&again, "instance")?;
    seen.push_str(&format!(
        "\nidle, it was unloaded; the next request began the whole process again:\ninstance \
         {fresh}, GetExtensionVersion 1 time, 1 request served"
    ));
    Ok(seen)
}

/// Waits until the idle extension is gone, then makes one request.
fn wait_for_reload(client: &Client, instance: &str) -> Result<Value, String> {
    // A request before the idle time is over would keep it loaded, so this is
    // patience, not polling.
    let pause = Duration::from_millis(4500);
    let end = Instant::now() + UNLOAD_BOUND;
    loop {
        std::thread::sleep(pause);
        let answer = client.json("/threads/?work=0", None)?;
        if text(&answer, "instance")? != instance {
            return Ok(answer);
        }
        if Instant::now() >= end {
            return Err("the idle extension was not unloaded".into());
        }
    }
}

fn threads(house: &mut House) -> Result<String, String> {
    let client = house.client()?;
    let mut one_by_one = BTreeSet::new();
    for _ in 0..6 {
        one_by_one.insert(number(&client.json("/threads/?work=0", None)?, "tid")?);
        // The answer is here before its worker is back among those that wait.
        std::thread::sleep(Duration::from_millis(20));
    }
    let answers = together(&client, &format!("/threads/?work={WORK_MS}"), AT_ONCE)?;
    let mut at_once = BTreeSet::new();
    let mut most = 0;
    for answer in &answers {
        at_once.insert(number(answer, "tid")?);
        most = most.max(number(answer, "concurrent")?);
    }
    if one_by_one.len() > 2 {
        return Err(format!(
            "6 requests one after the other ran on {} workers; the last to finish should be used \
             first",
            one_by_one.len()
        ));
    }
    if at_once.len() < AT_ONCE {
        return Err(format!("{AT_ONCE} slow requests at once ran on {} workers", at_once.len()));
    }
    let list =
        |threads: &BTreeSet<u64>| threads.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
    Ok(format!(
        "one after the other: worker {}\n{AT_ONCE} at once: workers {}, {most} inside at the same \
         time",
        list(&one_by_one),
        list(&at_once)
    ))
}
