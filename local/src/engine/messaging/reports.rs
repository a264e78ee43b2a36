//! The events that a lambda is still to be told. They are on disk from the moment that the message is taken until the
//! lambda has been told.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Notify;

use super::{Changes, Documents, Result};

const KIND: &str = "report";

/// What is to be told of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The message.
    pub message_id: String,
    /// What happened to it, in order: each an event for the lambda.
    pub events: Vec<Value>,
}

impl Report {
    /// Keeps it.
    pub(super) fn keep(&self, changes: &mut Changes) -> Result<()> {
        changes.put(KIND, &self.message_id, self)
    }
}

/// All that is to be told.
pub struct Reports {
    documents: Documents,
    waiting: Mutex<VecDeque<Report>>,
    arrived: Notify,
}

impl Reports {
    /// With what was not told yet when the last server ended.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn open(documents: Documents) -> Result<Self> {
        let kept = documents.list(KIND)?.into_iter().map(|(_, report)| report);
        Ok(Self { waiting: Mutex::new(kept.collect()), documents, arrived: Notify::new() })
    }

    /// Lets a report that is kept be told.
    pub(super) fn add(&self, report: Report) {
        self.waiting().push_back(report);
        self.arrived.notify_one();
    }

    /// Takes the one that has waited longest. It comes again after a restart, unless it is told until then.
    #[must_use]
    pub fn take(&self) -> Option<Report> {
        self.waiting().pop_front()
    }

    /// Comes true when there may be something to take: at once if something was added since the last time, else then.
    pub async fn wait(&self) {
        self.arrived.notified().await;
    }

    /// Forgets a report that was told.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn told(&self, report: &Report) -> Result<()> {
        self.documents.delete(KIND, &report.message_id)
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Report>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
