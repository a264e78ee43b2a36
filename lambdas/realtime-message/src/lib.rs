//! `$default`: a frame of the client. It asks for what a route does, and is answered on its socket.

mod frame;
mod typing;

use std::sync::Arc;

use serde_json::Value;
use shared::error::{Error, FieldError, Result};
use shared::events::{SocketAnswer, SocketContext, SocketEvent};
use shared::http::{Answer, Input, Problem};
use shared::model::SequenceNumber;
use shared::realtime::{Frame, Realtime, Reply};
use strum::{EnumString, IntoStaticStr, VariantArray};

use frame::ClientFrame;

/// What a frame asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "camelCase")]
pub enum Action {
    /// A message to one person, as `POST /v1/messages`.
    Send,
    /// A message to a group, as `POST /v1/groups/{groupId}/messages`.
    SendGroup,
    /// The read position, as `PUT /v1/conversations/{conversationId}/read`.
    Read,
    /// That the caller is writing.
    Typing,
    /// That the caller has a notification.
    Received,
    /// A sign of life.
    Ping,
}

/// Handles a frame. Whatever it holds, the socket stays open and the frame is answered.
pub async fn handle(realtime: Arc<Realtime>, event: SocketEvent) -> Result<SocketAnswer> {
    let context = event.request_context;
    let frame = ClientFrame::read(event.body.as_deref().unwrap_or_default());
    let (request_id, answer) = match frame {
        Ok(frame) => {
            let request_id = frame.request_id.clone();
            (request_id, answer(realtime, &context, frame).await)
        }
        Err(unreadable) => (unreadable.request_id, Err(unreadable.error)),
    };
    let request_id = request_id.as_deref();
    if let Err(error) = &answer {
        shared::logging::report(error);
    }
    let reply = match &answer {
        Ok(Answered::Done(message)) => Reply::Ack { request_id, message: message.as_ref() },
        Ok(Answered::Alive) => Reply::Pong { request_id },
        Err(error) => {
            Reply::Error { request_id, problem: Problem::new(error, &context.request_id) }
        }
    };
    Ok(SocketAnswer { status_code: 200, body: Some(Frame::new(&reply)?.into()) })
}

/// How a frame was answered.
enum Answered {
    /// It is done; with the message that was sent, if it sent one.
    Done(Option<Value>),
    /// It was a `ping`.
    Alive,
}

async fn answer(
    realtime: Arc<Realtime>,
    context: &SocketContext,
    mut frame: ClientFrame,
) -> Result<Answered> {
    let app = || Arc::new(realtime.app.clone());
    let action = frame.action.parse().map_err(|_| {
        let known = "must be send, sendGroup, read, typing, received or ping";
        Error::Malformed(FieldError::new("/action", known))
    })?;
    let answer = match action {
        Action::Ping => return Ok(Answered::Alive),
        Action::Send => send::handle(app(), frame.input(context, None)?).await?,
        Action::SendGroup => {
            send_group::handle(app(), frame.input(context, Some("groupId"))?).await?
        }
        Action::Read => {
            let input = frame.input(context, Some("conversationId"))?;
            read_position::handle(Arc::clone(&realtime), input).await?
        }
        Action::Typing => {
            typing::handle(&realtime, &frame.input(context, Some("conversationId"))?).await?
        }
        Action::Received => received(&realtime, &frame.input(context, Some("messageId"))?).await?,
    };
    let message = answer.into_body().map(|body| serde_json::from_str(&body)).transpose();
    Ok(Answered::Done(message.map_err(Error::internal)?))
}

/// A device has a notification: it need not be held any more.
async fn received(realtime: &Realtime, input: &Input) -> Result<Answer> {
    let caller = input.caller()?;
    let number: SequenceNumber = input.path("messageId", "notification")?;
    realtime.pending.confirm(caller.id(), number).await?;
    Ok(Answer::no_content())
}
