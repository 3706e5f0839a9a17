//! Locks that do not hold, and reports that are not true.

use std::sync::{Arc, Mutex};

use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;

use crate::{
    mutants::{Mutant, critical, wrong},
    tamper::{Tamper, on_answer, tamper},
};

pub fn mutants() -> Vec<Mutant> {
    vec![
        wrong(
            "a proxy hides from where requests come",
            "login.address",
            hide_the_address(),
        ),
        wrong(
            "who is locked is told that the password is wrong",
            "http.status",
            on_answer(|_, answer| {
                if answer.status == StatusCode::LOCKED {
                    answer.status = StatusCode::UNAUTHORIZED;
                }
            }),
        ),
        critical(
            "whoever fails is known by another name, and never locked",
            "login.locked",
            forgive_failures(),
        ),
        wrong(
            "the report leaves out somebody who is locked",
            "report.missing",
            on_report(|report| drop(list(report, "locked_people").pop())),
        ),
        wrong(
            "the report leaves out an address that is banned",
            "report.missing",
            on_report(|report| drop(list(report, "banned_addresses").pop())),
        ),
        wrong(
            "the report names somebody who does not exist",
            "report.foreign",
            on_report(|report| list(report, "locked_people").push("nobody_at_all".into())),
        ),
        wrong(
            "the report has no addresses",
            "report.malformed",
            on_report(|report| report["banned_addresses"] = Value::Null),
        ),
        critical(
            "the report is there for everybody",
            "report.open",
            let_everybody_in("/report"),
        ),
    ]
}

fn hide_the_address() -> Tamper {
    tamper(|mut request, app| async move {
        request.headers.remove("x-forwarded-for");
        app.send(request).await
    })
}

/// A failed login is sent on under a name that nobody has.
fn forgive_failures() -> Tamper {
    tamper(|mut request, app| async move {
        let is_wrong = request.posts("/login", "")
            && request
                .typed("password")
                .is_some_and(|typed| typed.trim().ends_with('x'));
        if is_wrong {
            request.change_field("name", |_| "nobody.at.all".to_owned());
            let from = HeaderName::from_static("x-forwarded-for");
            request
                .headers
                .insert(from, HeaderValue::from_static("192.0.2.255"));
        }
        app.send(request).await
    })
}

fn on_report(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Tamper {
    on_answer(move |request, answer| {
        if request.gets("/report") && answer.status == StatusCode::OK {
            let mut report = serde_json::from_slice(&answer.body).unwrap();
            change(&mut report);
            answer.body = report.to_string().into();
        }
    })
}

fn list<'a>(report: &'a mut Value, name: &str) -> &'a mut Vec<Value> {
    report[name].as_array_mut().unwrap()
}

/// Whoever asks for a path that begins so is taken for the last one whose token was good.
pub fn let_everybody_in(beginning: &'static str) -> Tamper {
    let token: Arc<Mutex<Option<HeaderValue>>> = Arc::default();
    tamper(move |mut request, app| {
        let token = token.clone();
        async move {
            let sent = request.headers.get(header::AUTHORIZATION).cloned();
            let known = token.lock().unwrap().clone();
            if request.path.starts_with(beginning)
                && let Some(known) = known
            {
                request.headers.insert(header::AUTHORIZATION, known);
            }
            let answer = app.send(request).await;
            if let (Some(sent), true) = (sent, answer.status.is_success()) {
                token.lock().unwrap().get_or_insert(sent);
            }
            answer
        }
    })
}
