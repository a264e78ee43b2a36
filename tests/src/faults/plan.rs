//! What a test has planned for calls to come.

use super::gate::{Gate, Latch};
use super::{Call, Fault, State, When, Wire, fault};

/// A plan that is being made; see [`Wire::on`].
#[must_use]
#[derive(Debug)]
pub struct Planned {
    wire: Wire,
    when: When,
    skip: usize,
    times: usize,
}

#[derive(Debug)]
pub(super) struct Rule {
    when: When,
    skip: usize,
    left: usize,
    action: Action,
}

/// What to do with a call.
#[derive(Debug, Clone)]
pub(super) enum Action {
    Pass,
    Fail(Fault),
    /// Held before DynamoDB has it.
    Hold(Latch),
    /// Carried out, and its answer held.
    HoldAnswer(Latch),
}

impl Rule {
    pub(super) fn is_left(&self) -> bool {
        self.left > 0
    }
}

impl Planned {
    pub(super) fn new(wire: Wire, when: When) -> Self {
        Self { wire, when, skip: 0, times: 1 }
    }

    /// Not the first one, but the `n`-th from now on.
    pub fn nth(mut self, n: usize) -> Self {
        self.skip = n.saturating_sub(1);
        self
    }

    /// Not once, but `n` times.
    pub fn times(mut self, n: usize) -> Self {
        self.times = n;
        self
    }

    /// Not once, but always.
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }

    /// Lets `fault` happen.
    pub fn fail(self, fault: Fault) {
        self.plan(Action::Fail(fault));
    }

    /// Holds the call before it is made.
    #[must_use]
    pub fn hold(self) -> Gate {
        let (gate, latch) = Gate::new();
        self.plan(Action::Hold(latch));
        gate
    }

    /// Lets the call be carried out, and holds its answer.
    #[must_use]
    pub fn hold_answer(self) -> Gate {
        let (gate, latch) = Gate::new();
        self.plan(Action::HoldAnswer(latch));
        gate
    }

    fn plan(self, action: Action) {
        let rule = Rule { when: self.when, skip: self.skip, left: self.times, action };
        self.wire.state().rules.push(rule);
    }
}

impl Rule {
    /// The action, if this is a call that it is meant for.
    fn take(&mut self, call: &Call) -> Option<Action> {
        if self.left == 0 || !self.when.matches(call) {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        self.left -= 1;
        Some(self.action.clone())
    }

    fn holds(&self, call: &Call) -> bool {
        match &self.action {
            Action::Hold(latch) | Action::HoldAnswer(latch) => latch.holds(call),
            _ => false,
        }
    }
}

impl State {
    /// What shall happen to `call`.
    pub(super) fn action(&mut self, call: &Call) -> Action {
        if call.request.is_some_and(|request| self.crashed.contains(&request)) {
            return Action::Fail(Fault::CrashBefore);
        }
        if let Some(rule) = self.rules.iter().find(|rule| rule.holds(call)) {
            return rule.action.clone();
        }
        if let Some(action) = self.rules.iter_mut().find_map(|rule| rule.take(call)) {
            return action;
        }
        let dice = self.chaos.as_mut().filter(|_| call.request.is_some());
        match dice.and_then(|dice| dice.roll(call)) {
            Some(Fault::Conflict) if !fault::can_conflict(call) => Action::Fail(Fault::Throttle),
            Some(fault) => Action::Fail(fault),
            None => Action::Pass,
        }
    }
}
