//! `chinwag bench`: how fast messages are taken.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::future::{join_all, try_join_all};
use hdrhistogram::Histogram;
use indicatif::ProgressBar;
use serde_json::json;

use crate::auth::sign_in;
use crate::client::{Call, Client, fresh_id};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output;
use crate::people::text;
use crate::send::Recipient;

/// The longest that is told apart, in microseconds: longer than any answer takes.
const LONGEST_MICROS: u64 = 300_000_000;

#[derive(Debug, clap::Args)]
pub struct Bench {
    /// How many send at once, each in a conversation of their own. One more than that are registered, and stay.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    senders: u16,
    /// For how long.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
}

/// Somebody who sends.
struct Sender {
    client: Client,
    id: String,
}

/// How it went.
struct Figures {
    /// How long each acknowledged send took, in microseconds.
    times: Histogram<u64>,
    /// What went wrong, and how often.
    errors: BTreeMap<String, u64>,
}

impl Bench {
    pub async fn run(self, context: &Context) -> Result<()> {
        let count = u64::from(self.senders) + 1;
        let progress = output::progress(count, "registering")?;
        let client = context.anyone()?;
        let run = fresh_id();
        let joining = (0..count).map(|number| Sender::join(&client, &run, number, &progress));
        let people = try_join_all(joining).await?;
        progress.finish_and_clear();

        let progress = output::counter("sent")?;
        let (begin, limit) = (Instant::now(), Duration::from_secs(self.seconds));
        let pairs = people.iter().zip(people.iter().skip(1));
        let sending = pairs.map(|(from, to)| from.send(to, begin + limit, &progress));
        let mut all = Figures::new()?;
        for figures in join_all(sending).await {
            all.add(figures?)?;
        }
        progress.finish_and_clear();
        all.print(context, begin.elapsed())
    }
}

impl Sender {
    /// Registers somebody with a password that nobody knows afterwards.
    async fn join(client: &Client, run: &str, number: u64, progress: &ProgressBar) -> Result<Self> {
        let username = format!("bench-{}-{number}", run.split('-').next().unwrap_or_default());
        let password = format!("Aa1-{}", fresh_id());
        let email = format!("{username}@example.com");
        let body = json!({ "username": username, "email": email, "password": password });
        let registered = client.call(Call::post("/v1/register", body)).await?;
        if registered["confirmed"] == false {
            return Err(Error::Failed(
                "registrations wait for a code by mail: this deployment cannot be measured".into(),
            ));
        }
        let tokens = sign_in(client, &username, &password, |_| {
            Err("a second factor is asked for: this deployment cannot be measured".into())
        })
        .await?;
        progress.inc(1);
        let client = client.with_token(tokens.access_token());
        Ok(Self { client, id: text(&registered, "userId")? })
    }

    /// One message after the other, until the time is over.
    async fn send(&self, to: &Self, end: Instant, progress: &ProgressBar) -> Result<Figures> {
        let mut figures = Figures::new()?;
        let recipient = Recipient::Person(to.id.clone());
        while Instant::now() < end {
            let id = fresh_id();
            let begin = Instant::now();
            let body = json!({ "body": id, "clientMessageId": id });
            match self.client.call(recipient.call(body).once()).await {
                Ok(_) => {
                    figures.record(begin.elapsed());
                    progress.inc(1);
                }
                Err(error) => figures.count(&error),
            }
        }
        Ok(figures)
    }
}

impl Figures {
    fn new() -> Result<Self> {
        let times = Histogram::new_with_bounds(1, LONGEST_MICROS, 3).map_err(Error::failed)?;
        Ok(Self { times, errors: BTreeMap::new() })
    }

    fn record(&mut self, time: Duration) {
        self.times.saturating_record(time.as_micros().try_into().unwrap_or(LONGEST_MICROS));
    }

    fn count(&mut self, error: &Error) {
        let kind = match error.status() {
            Some(status) => status.to_string(),
            None => "no answer".to_owned(),
        };
        *self.errors.entry(kind).or_default() += 1;
    }

    fn add(&mut self, others: Self) -> Result<()> {
        self.times.add(others.times).map_err(Error::failed)?;
        for (kind, count) in others.errors {
            *self.errors.entry(kind).or_default() += count;
        }
        Ok(())
    }

    fn print(self, context: &Context, elapsed: Duration) -> Result<()> {
        #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
        let millis = |percentile| self.times.value_at_quantile(percentile) as f64 / 1_000.0;
        #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
        let rate = self.times.len() as f64 / elapsed.as_secs_f64();
        let (sent, errors) = (self.times.len(), self.errors);
        let [p50, p95, p99] = [0.50, 0.95, 0.99].map(millis);
        let answer = json!({
            "sent": sent,
            "seconds": elapsed.as_secs_f64(),
            "sendsPerSecond": rate,
            "p50Millis": p50,
            "p95Millis": p95,
            "p99Millis": p99,
            "errors": errors,
        });
        context.output.answer(&answer, || {
            let errors: Vec<String> =
                errors.iter().map(|(kind, count)| format!("{count} times {kind}")).collect();
            let errors = if errors.is_empty() { "none".to_owned() } else { errors.join(", ") };
            format!(
                "{sent} sent, {rate:.0} a second\np50 {p50:.1} ms, p95 {p95:.1} ms, p99 {p99:.1} ms\nerrors: {errors}"
            )
        })?;
        if sent == 0 { Err("no message was sent".into()) } else { Ok(()) }
    }
}
