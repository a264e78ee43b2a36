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

use frame::ClientFrame;

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
    let answer = match frame.action.as_str() {
        "ping" => return Ok(Answered::Alive),
        "send" => send::handle(app(), frame.input(context, None)?).await?,
        "sendGroup" => send_group::handle(app(), frame.input(context, Some("groupId"))?).await?,
        "read" => {
            let input = frame.input(context, Some("conversationId"))?;
            read_position::handle(Arc::clone(&realtime), input).await?
        }
        "typing" => {
            typing::handle(&realtime, &frame.input(context, Some("conversationId"))?).await?
        }
        "received" => received(&realtime, &frame.input(context, Some("messageId"))?).await?,
        _ => {
            let known = "must be send, sendGroup, read, typing, received or ping";
            return Err(Error::Malformed(FieldError::new("/action", known)));
        }
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
