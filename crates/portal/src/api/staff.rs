//! The staff's side, for programs: how a class is going.

use axum::{Json, extract::State};

use crate::{
    caller::StaffToken,
    class::{self, Class},
    error::Error,
    state::AppState,
};

/// `GET /api/staff/class`.
pub async fn show_class(
    State(state): State<AppState>,
    _: StaffToken,
) -> Result<Json<Class>, Error> {
    let contest = state.contest().await?.contest;
    class::show(&state, &contest).await.map(Json)
}
