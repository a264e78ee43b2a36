//! Mail to a hundred addresses a request, through engines that take 5 ms for each.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tests::Backend;
use tests::notifier::{EMAIL_SENDER, Notifier};

use crate::Result;
use crate::report::{Report, Times};

/// How long SES takes.
const PROVIDER: Duration = Duration::from_millis(5);
/// How many requests.
const REQUESTS: usize = 50;
/// How many addresses each.
const ADDRESSES: usize = 100;
/// How often it is looked whether all have arrived.
const PAUSE: Duration = Duration::from_millis(20);

/// How long a request takes while others are being sent, and how many addresses a second get their mail.
pub async fn measure(report: &mut Report) -> Result<()> {
    let backend = Backend::private(|options| options.provider_delay = Some(PROVIDER)).await;
    let notifier = Notifier::new(&backend);
    let mut times = Times::default();
    let began = Instant::now();
    for request in 0..REQUESTS {
        let body = body(request);
        let asked = Instant::now();
        notifier.notify(&body).await.expect(202);
        times.push(asked.elapsed());
    }
    for request in 0..REQUESTS {
        while !has_arrived(&notifier, request).await {
            tokio::time::sleep(PAUSE).await;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = (REQUESTS * ADDRESSES) as f64 / began.elapsed().as_secs_f64();
    backend.stop().await;
    let (p50, p99) = (times.median(), times.percentile(99));
    report.add(
        format!("a notification to {ADDRESSES} addresses, while others are sent"),
        format!("p50 {p50:.0} ms, p99 {p99:.0} ms"),
    );
    report.add(
        format!(
            "mail through engines that take {} ms, sent and its arrival recorded",
            PROVIDER.as_millis()
        ),
        format!("{rate:.0} addresses/s"),
    );
    Ok(())
}

fn body(request: usize) -> Value {
    let target = |address: usize| {
        (format!("to-{request}-{address}@example.com"), json!({ "ChannelType": "EMAIL" }))
    };
    json!({
        "TraceId": request.to_string(),
        "EmailMessage": { "FromAddress": EMAIL_SENDER, "Subject": "News", "MessageBody": "So it goes." },
        "Addresses": (0..ADDRESSES).map(target).collect::<Map<_, _>>(),
    })
}

async fn has_arrived(notifier: &Notifier, request: usize) -> bool {
    let status = notifier.status(&request.to_string()).await.expect(200);
    let deliveries = status["deliveries"].as_array();
    deliveries.is_some_and(|all| all.iter().all(|one| one["deliveryStatus"] == "DELIVERED"))
}
