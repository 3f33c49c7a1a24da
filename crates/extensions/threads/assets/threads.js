// Sends requests and draws a row for each worker thread.
"use strict";
(() => {
  const get = (id) => document.getElementById(id);
  const lanes = new Map();
  let bars = [];
  let lastFinished = null;
  let started = 0;
  let pending = 0;
  let number = 0;

  const lane = (tid) => {
    if (!lanes.has(tid)) {
      const row = document.createElement("li");
      row.className = "lane";
      row.innerHTML = '<div class="who"><b></b><span></span></div><div class="track"></div>';
      row.querySelector("b").textContent = tid;
      get("lanes").append(row);
      lanes.set(tid, row);
      get("nothing").hidden = true;
    }
    return lanes.get(tid);
  };
  const calls = (tid, count) => {
    lane(tid).querySelector(".who span").textContent = count === 1 ? "1 request" : count + " requests";
  };
  const markNext = () => {
    for (const [tid, row] of lanes) row.classList.toggle("last", tid === lastFinished);
  };

  const draw = () => {
    if (!bars.length) return;
    const end = Math.max(...bars.map((bar) => bar.to), 500);
    for (const bar of bars) {
      bar.element.style.left = (100 * bar.from / end) + "%";
      bar.element.style.width = (100 * (bar.to - bar.from) / end) + "%";
    }
    get("scale").hidden = false;
    get("scale-end").textContent = end < 1000 ? Math.round(end) + " ms" : (end / 1000).toFixed(1) + " s";
  };

  const clearBars = () => {
    for (const bar of bars) bar.element.remove();
    bars = [];
    get("scale").hidden = true;
  };

  const show = (state) => {
    get("current").textContent = state.current;
    get("max").textContent = state.max;
    get("seen").textContent = state.threads.length;
    get("total").textContent = state.total;
    get("versions").textContent = state.version_calls === 1 ? "once" : state.version_calls + "×";
    get("facts").textContent = "Loaded " + state.loaded_at.replace("T", " at ").replace(/\..*/, " UTC") + " as instance " + state.instance + ".";
    for (const thread of state.threads) calls(thread.tid, thread.calls);
    lastFinished = state.threads.at(-1)?.tid ?? null;
    if (!pending) markNext();
  };
  const refresh = async () => {
    try { show(await (await fetch("/threads/?format=json")).json()); } catch { /* the server is restarting */ }
  };

  const one = async (ms, mine) => {
    const response = await fetch("/threads/?work=" + ms + "&n=" + mine);
    if (!response.ok) throw new Error("The server answered " + response.status + ".");
    const seen = await response.json();
    const to = performance.now() - started;
    const element = document.createElement("div");
    const fresh = seen.calls_on_this_thread === 1;
    element.className = "bar " + (fresh ? "new" : "again");
    element.textContent = mine;
    element.title = "request " + mine + ", " + seen.concurrent + " at once, thread " + seen.tid;
    lane(seen.tid).querySelector(".track").append(element);
    calls(seen.tid, seen.calls_on_this_thread);
    bars.push({ element, from: Math.max(0, to - Math.max(seen.worked_ms, 8)), to });
    draw();
    return seen;
  };

  const send = async (count, ms) => {
    if (!pending) { started = performance.now(); clearBars(); number = 0; }
    pending += count;
    const before = lastFinished;
    for (const row of lanes.values()) row.classList.remove("last");
    try {
      const all = await Promise.all(Array.from({ length: count }, () => {
        number += 1;
        return one(ms, number).finally(() => { pending -= 1; });
      }));
      const threads = new Set(all.map((seen) => seen.tid));
      const most = Math.max(...all.map((seen) => seen.concurrent));
      const fresh = all.filter((seen) => seen.calls_on_this_thread === 1).length;
      get("says").textContent = count > 1
        ? count + " requests ran on " + threads.size + " thread" + (threads.size === 1 ? "" : "s") + ", up to " + most + " at once; " + (fresh ? fresh + " ran on a thread that was new to the extension." : "no thread was new.")
        : all[0].tid === before ? "The same thread again: " + before + " had finished last, so it was used first."
        : fresh ? "Thread " + all[0].tid + " runs the extension for the first time." : "This time thread " + all[0].tid + ".";
    } catch (error) {
      get("says").textContent = error.message;
    }
    refresh();
  };

  for (const button of document.querySelectorAll("[data-count]")) {
    button.addEventListener("click", () => send(Number(button.dataset.count), Number(button.dataset.ms)));
  }
  get("clear").addEventListener("click", () => {
    clearBars();
    for (const row of lanes.values()) row.remove();
    lanes.clear();
    get("says").textContent = "";
    get("nothing").hidden = false;
  });
  const command = get("command");
  command.textContent = command.textContent.replace("http://127.0.0.1:8080", location.origin);
  get("copy").addEventListener("click", async (event) => {
    try {
      await navigator.clipboard.writeText(command.textContent);
      event.target.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(command);
    }
  });
  refresh();
  setInterval(() => { if (!document.hidden) refresh(); }, 1000);
})();
