//! What a provider answers, whether anybody may be asked, what they say, and what
//! the second logon answers: which service is dark afterwards.

use mapi_abi::codes::Code;
use mapi_abi::structs::{MAPI_EXTENDED, MAPI_LOGON_UI, MAPI_NEW_SESSION};
use mapi_session::path::{Path, Step};
use mapi_session::{ServiceReport, logon_with_path};

use crate::scripted::{Configures, Does, Scripted, as_user, house, person, request};

const ALONE: u32 = MAPI_EXTENDED | MAPI_NEW_SESSION;

struct Outcome {
    reports: Vec<ServiceReport>,
    path: Path,
    calls: Vec<String>,
}

impl Outcome {
    fn state(&self, service: &str) -> &'static str {
        self.reports.iter().find(|report| report.name == service).unwrap().state
    }

    fn reason(&self, service: &str) -> &str {
        &self.reports.iter().find(|report| report.name == service).unwrap().reason
    }
}

/// Logs on with a script for the provider and one for the person; `None` is a
/// logon without a user interface.
fn outcome(
    service: &Scripted,
    name: &str,
    logons: &[Does],
    configures: Configures,
    says: Option<&str>,
) -> Outcome {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE", name]);
    service.expect(logons, configures);
    let mut path = Path::new();
    let reports = as_user(&user, || {
        let mut request = request("Work", ALONE);
        if let Some(says) = says {
            request.flags |= MAPI_LOGON_UI;
            request.window = person(says);
        }
        let client = logon_with_path(&request, &mut path).unwrap();
        // The other service works whatever becomes of this one.
        assert!(client.default_store().unwrap().get().is_ok());
        let reports = client.session().reports();
        client.leave().unwrap();
        mapi_session::forget_prompt(request.window);
        reports
    });
    Outcome { reports, path, calls: std::mem::take(&mut service.script().calls) }
}

fn test(logons: &[Does], configures: Configures, says: Option<&str>) -> Outcome {
    let bad = std::sync::Arc::clone(&{ house() }.0.bad);
    outcome(&bad, "TEST", logons, configures, says)
}

const UNCONFIGURED: Does = Does::Fails(Code::UNCONFIGURED);
const FAILED: Does = Does::Fails(Code::LOGON_FAILED);

/// First and second answer, what the entry point does, what the person says
/// (`None`: nobody may be asked), and what is to come of it: the state, and what
/// was called.
type Row =
    (&'static [Does], Configures, Option<&'static str>, &'static str, &'static [&'static str]);

const LOGON: &str = "logon";
const SILENT: &str = "configure 0x0";
const SILENT_FAILED: &str = "configure 0x20";
const ALLOWED: &str = "configure 0x10";
const CORRECTION: &str = "configure 0x22";

const TABLE: &[Row] = &[
    (&[Does::Works], Configures::Nothing, None, "live", &[LOGON]),
    (&[Does::Works], Configures::Nothing, Some(""), "live", &[LOGON]),
    // Not configured: the entry point is called, with or without the right to ask.
    (&[UNCONFIGURED, Does::Works], Configures::Itself, None, "live", &[LOGON, SILENT, LOGON]),
    (&[UNCONFIGURED, UNCONFIGURED], Configures::Itself, None, "disabled", &[LOGON, SILENT, LOGON]),
    (&[UNCONFIGURED], Configures::Asks, None, "disabled", &[LOGON, SILENT]),
    (
        &[UNCONFIGURED, Does::Works],
        Configures::Asks,
        Some("ok user=me"),
        "live",
        &[LOGON, ALLOWED, LOGON],
    ),
    (
        &[UNCONFIGURED, FAILED],
        Configures::Asks,
        Some("ok user=me"),
        "disabled",
        &[LOGON, ALLOWED, LOGON],
    ),
    (&[UNCONFIGURED], Configures::Asks, Some("cancel"), "disabled", &[LOGON, ALLOWED]),
    (&[UNCONFIGURED], Configures::Asks, Some("timeout"), "disabled", &[LOGON, ALLOWED]),
    (&[UNCONFIGURED], Configures::Asks, Some(""), "disabled", &[LOGON, ALLOWED]),
    // Another failure: the user is told, and may try again, correct, or go on.
    (&[FAILED, Does::Works], Configures::Asks, Some("retry"), "live", &[LOGON, LOGON]),
    (&[FAILED, FAILED], Configures::Asks, Some("retry"), "disabled", &[LOGON, LOGON]),
    (
        &[FAILED, Does::Works],
        Configures::Asks,
        Some("correct\nok user=me"),
        "live",
        &[LOGON, CORRECTION, LOGON],
    ),
    (
        &[FAILED, FAILED],
        Configures::Asks,
        Some("correct\nok user=me"),
        "disabled",
        &[LOGON, CORRECTION, LOGON],
    ),
    (&[FAILED], Configures::Asks, Some("correct\ncancel"), "disabled", &[LOGON, CORRECTION]),
    (&[FAILED], Configures::Asks, Some("skip"), "disabled", &[LOGON]),
    (&[FAILED], Configures::Asks, Some("cancel"), "disabled", &[LOGON]),
    (&[FAILED], Configures::Asks, Some(""), "disabled", &[LOGON]),
    // Without anybody to tell: a retry only if the entry point changed something.
    (&[FAILED, Does::Works], Configures::Itself, None, "live", &[LOGON, SILENT_FAILED, LOGON]),
    (&[FAILED, FAILED], Configures::Itself, None, "disabled", &[LOGON, SILENT_FAILED, LOGON]),
    (&[FAILED], Configures::Nothing, None, "disabled", &[LOGON, SILENT_FAILED]),
    // Too many sessions: there is nothing to correct.
    (
        &[Does::Fails(Code::SESSION_LIMIT), Does::Works],
        Configures::Itself,
        Some("retry"),
        "live",
        &[LOGON, LOGON],
    ),
    (&[Does::Fails(Code::SESSION_LIMIT)], Configures::Itself, None, "disabled", &[LOGON]),
    // One provider only, and a user who does not want to.
    (&[Does::Fails(Code::FAILONEPROVIDER)], Configures::Itself, Some("retry"), "warning", &[LOGON]),
    (&[Does::Fails(Code::FAILONEPROVIDER)], Configures::Itself, None, "warning", &[LOGON]),
    (
        &[UNCONFIGURED, Does::Fails(Code::FAILONEPROVIDER)],
        Configures::Itself,
        None,
        "warning",
        &[LOGON, SILENT, LOGON],
    ),
    (&[Does::Fails(Code::USER_CANCEL)], Configures::Itself, Some("retry"), "disabled", &[LOGON]),
    (&[Does::Fails(Code::USER_CANCEL)], Configures::Itself, None, "disabled", &[LOGON]),
    // A panic is a failure like others.
    (&[Does::Panics, Does::Works], Configures::Itself, Some("retry"), "live", &[LOGON, LOGON]),
    (
        &[Does::Panics, Does::Panics],
        Configures::Itself,
        None,
        "disabled",
        &[LOGON, SILENT_FAILED, LOGON],
    ),
];

#[test]
fn every_outcome_is_that_of_the_table() {
    for (at, (logons, configures, says, state, calls)) in TABLE.iter().enumerate() {
        let outcome = test(logons, *configures, *says);
        let what = format!("row {at}: {:?}\n{}", TABLE[at], outcome.path.sentences().join("\n"));
        assert_eq!(outcome.state("TEST"), *state, "{what}");
        assert_eq!(outcome.calls, *calls, "{what}");
        assert_eq!(outcome.state("Partywall message store"), "live", "{what}");
    }
}

#[test]
fn each_cause_of_a_failure_has_its_own_error() {
    for code in [Code::NOT_FOUND, Code::VERSION, Code::NETWORK_ERROR, Code::CORRUPT_DATA] {
        let outcome = test(&[Does::Fails(code)], Configures::Nothing, None);
        assert_eq!(outcome.state("TEST"), "disabled");
        assert!(outcome.reason("TEST").contains(code.name().unwrap()), "{:?}", outcome.reports);
    }
}

#[test]
fn the_second_failure_takes_the_working_provider_along_until_the_next_session() {
    let (house, _turn) = house();
    let user = house.user(&["PWSTORE", "TEST"]);
    house.bad.expect(&[FAILED], Configures::Nothing);
    as_user(&user, || {
        let client = mapi_session::logon(&request("Work", ALONE)).unwrap();
        let stores = client.stores().unwrap();
        let live: Vec<_> = stores.iter().filter(|store| store.is_live).collect();
        assert_eq!(stores.len(), 3);
        assert_eq!(live.len(), 1, "TEST GOOD worked, and went with its service: {stores:?}");
        let good = stores.iter().find(|store| store.name == "TEST GOOD").unwrap();
        let why = client.open_store(good.provider).err().unwrap();
        assert_eq!(why.code, Code::LOGON_FAILED);
        // Another session starts clean, while the first is still open.
        let next = mapi_session::logon(&request("Work", ALONE)).unwrap();
        assert!(next.stores().unwrap().iter().all(|store| store.is_live));
        assert!(client.open_store(good.provider).is_err(), "for the whole session");
    });
}

#[test]
fn a_foreign_provider_that_hangs_is_disabled_and_the_logon_goes_on() {
    let foreign = std::sync::Arc::clone(&{ house() }.0.foreign);
    let since = std::time::Instant::now();
    let outcome = outcome(&foreign, "FOREIGN", &[Does::Hangs], Configures::Nothing, None);
    assert_eq!(outcome.state("FOREIGN"), "disabled");
    assert!(outcome.reason("FOREIGN").contains("did not answer within 200 ms"));
    assert!(since.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn the_path_tells_each_decision() {
    let outcome = test(&[FAILED, FAILED], Configures::Asks, Some("correct\nok user=me"));
    let steps = outcome.path.steps();
    let at = |wanted: fn(&Step) -> bool| steps.iter().position(wanted).unwrap();
    let new = at(|step| matches!(step, Step::NewSession));
    let profile = at(|step| matches!(step, Step::Profile(..)));
    let told = at(|step| matches!(step, Step::Told(..)));
    let configured = at(|step| matches!(step, Step::Configured { changed: true, .. }));
    let disabled = at(|step| matches!(step, Step::Disabled(..)));
    assert!(new < profile && profile < told && told < configured && configured < disabled);
    assert!(matches!(steps.last(), Some(Step::Session(_))));
}
