//! `GET /v1/users/me/export`: all that is held about the caller, page by page.

mod entries;
mod item;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::error::{Error, FieldError, Result};
use shared::http::{AccessToken, Answer, Caller, Input, PageRequest};
use shared::identity::Identity;
use shared::model::{ConnectionId, ConversationId, UserId};
use shared::store::{Connections, PendingNotifications};

use entries::InLogs;
pub use item::Item;

/// Everything that holds something about a person.
#[derive(Debug)]
pub struct Holdings {
    identity: Arc<Identity>,
    app: App,
    connections: Connections,
    pending: PendingNotifications,
}

impl Holdings {
    /// Over the accounts and the tables.
    #[must_use]
    pub fn new(identity: Arc<Identity>, app: App) -> Self {
        Self {
            identity,
            connections: Connections::new(app.store.clone()),
            pending: PendingNotifications::new(app.store.clone()),
            app,
        }
    }

    /// As the lambda's environment says: as [`Identity::from_env`] and [`App::from_env`].
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let (identity, app) = tokio::try_join!(Identity::from_env(), App::from_env())?;
        Ok(Self::new(Arc::new(identity), app))
    }
}

/// Where a page begins: in which part, and behind what there.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Place {
    Person(usize),
    Connections(Option<ConnectionId>),
    Conversations(Option<ConversationId>),
    Entries(InLogs),
    Blocks(Option<UserId>),
    ClientIds(Option<String>),
    Notifications(Option<String>),
}

/// Handles the route. A page has pieces of one part; it may be short, also empty, with more behind it.
pub async fn handle(holdings: Arc<Holdings>, input: Input) -> Result<Answer> {
    let (caller, token) = (input.caller()?, input.access_token()?);
    let request: PageRequest<Place> = PageRequest::of(&input)?;
    let place = request.position.clone().unwrap_or(Place::Person(0));
    let (items, next) = part(&holdings, &caller, &token, place, request.limit).await?;
    Answer::page("items", request.page(items, next)?)
}

async fn part(
    holdings: &Holdings,
    caller: &Caller,
    token: &AccessToken,
    place: Place,
    limit: usize,
) -> Result<(Vec<Item>, Option<Place>)> {
    let (app, user) = (&holdings.app, caller.id());
    Ok(match place {
        Place::Person(from) => {
            let person = person(holdings, user, token).await?;
            let mut items: Vec<Item> = person.into_iter().skip(from).collect();
            let more = items.len() > limit;
            items.truncate(limit);
            let next = if more { Place::Person(from + limit) } else { Place::Connections(None) };
            (items, Some(next))
        }
        Place::Connections(behind) => {
            let mut sockets = holdings.connections.of_one(user).await?;
            sockets.retain(|socket| behind.as_ref().is_none_or(|behind| socket.id > *behind));
            sockets.sort_by(|one, other| one.id.cmp(&other.id));
            let more = sockets.len() > limit;
            sockets.truncate(limit);
            let last = sockets.last().filter(|_| more).map(|last| last.id.clone());
            let next = last.map(|last| Place::Connections(Some(last)));
            (pieces(sockets), Some(next.unwrap_or(Place::Conversations(None))))
        }
        Place::Conversations(behind) => {
            let (page, next) = app.memberships.page(user, behind.as_ref(), limit).await?;
            let next = next.map(|last| Place::Conversations(Some(last)));
            (pieces(page), Some(next.unwrap_or(Place::Entries(InLogs::default()))))
        }
        Place::Entries(from) => {
            let (page, next) = entries::page(app, user, from, limit).await?;
            let next = next.map(Place::Entries);
            (page, Some(next.unwrap_or(Place::Blocks(None))))
        }
        Place::Blocks(behind) => {
            let (page, next) = app.blocks.page(user, behind, limit).await?;
            let next = next.map(|last| Place::Blocks(Some(last)));
            (pieces(page), Some(next.unwrap_or(Place::ClientIds(None))))
        }
        Place::ClientIds(Some(behind)) if behind.is_empty() => return Err(bad_cursor()),
        Place::ClientIds(behind) => {
            let (page, next) = app.sent_ids.page(user, behind.as_deref(), limit).await?;
            let next = next.map(|last| Place::ClientIds(Some(last)));
            (pieces(page), Some(next.unwrap_or(Place::Notifications(None))))
        }
        Place::Notifications(behind) => {
            let behind = behind.map(|behind| behind.parse()).transpose();
            let behind = behind.map_err(|_| bad_cursor())?;
            let (page, next) = holdings.pending.page(user, behind, limit).await?;
            let next = next.map(|last| Place::Notifications(Some(last.to_string())));
            (pieces(page), next)
        }
    })
}

/// Nobody has one that was made here.
fn bad_cursor() -> Error {
    Error::Malformed(FieldError::new("?cursor", "must be a nextCursor of this route"))
}

fn pieces<T: Into<Item>>(page: Vec<T>) -> Vec<Item> {
    page.into_iter().map(Into::into).collect()
}

/// The profile and the account.
async fn person(holdings: &Holdings, user: &UserId, token: &AccessToken) -> Result<Vec<Item>> {
    let Holdings { identity, app, .. } = holdings;
    let (profile, account) = tokio::try_join!(
        async { Ok(app.users.find(user).await?) },
        identity.pool.held(token.account()),
    )?;
    let profile = profile.ok_or(Error::Unauthenticated)?;
    let account = account.filter(|account| account.user_id == *user);
    Ok([Item::from(profile)].into_iter().chain(account.map(Item::from)).collect())
}
