//! The panel: what external services say, as each person has subscribed to it.

use std::time::Duration;

use axum::{Json, extract::State};
use reqwest::{Client, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{error::AppError, settings, state::AppState, viewer::CurrentPerson};

/// What somebody sees who has just signed up.
pub const FIRST_SUBSCRIPTIONS: &str = r#"[{"service":"weather","key":"tokyo"}]"#;

/// How long to wait before a service is asked again that takes one request at a time.
const TURN: Duration = Duration::from_millis(20);

/// How many times it is asked.
const TURNS: u32 = 200;

/// What somebody wants to see of a service.
#[derive(Deserialize)]
struct Subscription {
    service: String,
    key: String,
}

/// What is shown.
#[derive(Serialize)]
pub struct Panel {
    panel: Vec<Tile>,
}

#[derive(Serialize)]
struct Tile {
    service: String,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unavailable: bool,
}

/// What a service answers.
#[derive(Deserialize)]
struct Answer {
    data: Value,
    /// The next page, if there is one.
    next: Option<u64>,
}

/// `GET /api/panel`
pub async fn show_panel(
    State(state): State<AppState>,
    current: CurrentPerson,
) -> Result<Json<Panel>, AppError> {
    let subscriptions: Vec<Subscription> = serde_json::from_str(&current.person.subscriptions)
        .map_err(|error| sqlx::Error::Decode(error.into()))?;
    let base = settings::find(&state.db, settings::SERVICES).await?;
    let token = settings::find(&state.db, settings::SERVICES_TOKEN).await?;
    let services = Services {
        client: &state.client,
        base: base.unwrap_or_default(),
        token: token.unwrap_or_default(),
    };
    let mut panel = Vec::new();
    for Subscription { service, key } in subscriptions {
        let data = services.ask(&service, &key).await;
        if let Err(error) = &data {
            tracing::debug!(service, key, %error, "a service does not answer");
        }
        panel.push(Tile {
            unavailable: data.is_err(),
            data: data.ok(),
            service,
            key,
        });
    }
    Ok(Json(Panel { panel }))
}

/// Where the services are, and what lets us in.
struct Services<'a> {
    client: &'a Client,
    base: String,
    token: String,
}

impl Services<'_> {
    async fn ask(&self, service: &str, key: &str) -> reqwest::Result<Value> {
        let url = format!("{}/{service}/{key}", self.base);
        match service {
            "quotes" => self.ask_in_turn(&url).await,
            "ranking" => self.ask_for_pages(&url).await,
            "letters" => {
                let url = format!("{}/letters", self.base);
                let letter = json!({ "key": key }).to_string();
                read(self.client.post(url).body(letter).send().await?)
                    .await
                    .map(|answer| answer.data)
            }
            _ => read(self.client.get(url).send().await?)
                .await
                .map(|answer| answer.data),
        }
    }

    /// Asks again while others are being answered.
    async fn ask_in_turn(&self, url: &str) -> reqwest::Result<Value> {
        let mut turns = 1;
        loop {
            let request = self.client.get(url).bearer_auth(&self.token);
            let response = request.send().await?;
            if response.status() != StatusCode::TOO_MANY_REQUESTS || turns == TURNS {
                return Ok(read(response).await?.data);
            }
            turns += 1;
            tokio::time::sleep(TURN).await;
        }
    }

    async fn ask_for_pages(&self, url: &str) -> reqwest::Result<Value> {
        let mut all = Vec::new();
        let mut next = Some(1);
        while let Some(page) = next {
            let request = self.client.get(format!("{url}?page={page}"));
            let answer = read(request.send().await?).await?;
            all.extend(answer.data.as_array().cloned().unwrap_or_default());
            next = answer.next;
        }
        Ok(all.into())
    }
}

async fn read(response: Response) -> reqwest::Result<Answer> {
    response.error_for_status()?.json().await
}
