//! What a document may ask for before anything of it is looked at more closely: fragments within fragments can make a short one
//! as long as they like.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Request, ServerError};

use crate::schema::MAX_COMPLEXITY;

/// The longest answer, in bytes: a lambda's may have 6 MB.
pub const MAX_ANSWER: usize = 5 * 1_024 * 1_024;
/// How deep selections and fragments may be within each other, each counted once.
const MAX_NESTING: usize = 32;

/// Why the document is refused, if it is. One that cannot be read is not: that is said where it is executed.
pub fn refusal(request: &mut Request) -> Option<ServerError> {
    let document = request.parsed_query().ok()?;
    let mut counted = Counted { document, fragments: HashMap::new() };
    let operations = document.operations.iter();
    let all =
        operations.map(|(_, operation)| counted.selections(&operation.node.selection_set.node, 0));
    let all = all.sum::<Option<usize>>();
    let few = all.is_some_and(|selections| selections <= MAX_COMPLEXITY);
    (!few).then(|| ServerError::new("The query is too complex.", None))
}

/// The answer would be longer than it may be.
pub fn too_much() -> ServerError {
    ServerError::new("The answer is too long: ask for fewer messages at once.", None)
}

/// Counts what a document selects, each fragment as often as it is used.
struct Counted<'d> {
    document: &'d ExecutableDocument,
    fragments: HashMap<&'d Name, usize>,
}

impl<'d> Counted<'d> {
    /// None where it nests too deep, as fragments do that spread themselves.
    fn selections(&mut self, selected: &'d SelectionSet, depth: usize) -> Option<usize> {
        if depth > MAX_NESTING {
            return None;
        }
        let mut all = 0_usize;
        for selection in &selected.items {
            let within = match &selection.node {
                Selection::Field(field) => {
                    self.selections(&field.node.selection_set.node, depth + 1)?
                }
                Selection::InlineFragment(fragment) => {
                    self.selections(&fragment.node.selection_set.node, depth + 1)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, depth + 1)?
                }
            };
            all = all.saturating_add(within).saturating_add(1);
        }
        Some(all)
    }

    fn fragment(&mut self, name: &'d Name, depth: usize) -> Option<usize> {
        if let Some(counted) = self.fragments.get(name) {
            return Some(*counted);
        }
        // One that is not there is named where the document is executed.
        let Some(fragment) = self.document.fragments.get(name) else { return Some(0) };
        let all = self.selections(&fragment.node.selection_set.node, depth)?;
        self.fragments.insert(name, all);
        Some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(query: &str) -> bool {
        refusal(&mut Request::new(query)).is_some()
    }

    /// Each fragment spreads the next `times` over.
    fn bomb(fragments: usize, times: usize) -> String {
        let spread = |next: usize| format!("...f{next} ").repeat(times);
        let fragment = |number: usize| {
            format!("fragment f{number} on Query {{ __typename {} }} ", spread(number + 1))
        };
        let last = format!("fragment f{fragments} on Query {{ __typename }} ");
        format!("{{ ...f0 }} {}{last}", (0..fragments).map(fragment).collect::<String>())
    }

    #[test]
    fn fragments_count_as_often_as_they_are_used() {
        assert!(!is_refused(&bomb(4, 4)));
        assert!(is_refused(&bomb(5, 4)));
        assert!(is_refused(&bomb(28, 4)));
        assert!(is_refused(&bomb(28, 200)));
    }

    #[test]
    fn what_nests_without_an_end_or_too_deep_is_refused() {
        assert!(is_refused("{ ...a } fragment a on Query { ...a }"));
        assert!(is_refused(
            "{ ...a } fragment a on Query { ...b } fragment b on Query { a { ...a } }"
        ));
        assert!(is_refused(&bomb(10_000, 1)));
        assert!(!is_refused(&bomb(20, 1)));
    }

    #[test]
    fn what_cannot_be_read_is_said_elsewhere() {
        for query in ["", "{", "{ ...none }", "{ a }", "query a { a } query b { b }"] {
            assert!(!is_refused(query), "{query}");
        }
    }
}
