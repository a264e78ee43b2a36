//! Texts that people write, each with its rule; kept exactly as they were written.

use std::ops::RangeInclusive;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Rejected;

/// The longest message.
const MAX_BODY: usize = 4_000;
/// The longest name.
const MAX_NAME: usize = 100;
/// How long a user name is.
const USERNAME: RangeInclusive<usize> = 3..=32;

macro_rules! text {
    ($(#[$attribute:meta])* $name:ident) => {
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        $(#[$attribute])*
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

text! {
    /// What a message says: 1-4,000 Unicode scalar values, not blank, no control characters but tab and line feed.
    #[schemars(extend("minLength" = 1, "maxLength" = MAX_BODY))]
    MessageBody
}
text! {
    /// A group's or a person's name: 1-100 Unicode scalar values, not blank, no control characters.
    #[schemars(extend("minLength" = 1, "maxLength" = MAX_NAME))]
    Name
}
text! {
    /// A user name: 3-32 of `a-z 0-9 . _ -`, beginning with a letter or digit; case is ignored, lower case is kept.
    #[schemars(extend(
        "pattern" = "^[A-Za-z0-9][A-Za-z0-9._-]*$",
        "minLength" = USERNAME.start(),
        "maxLength" = USERNAME.end(),
    ))]
    Username
}

impl FromStr for MessageBody {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        if text.chars().count() > MAX_BODY {
            return Err(Rejected("must have at most 4,000 characters"));
        }
        if text.chars().any(|c| c.is_control() && c != '\t' && c != '\n') {
            return Err(Rejected("must have no control characters other than tab and line feed"));
        }
        not_blank(text)?;
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for Name {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        if text.chars().count() > MAX_NAME {
            return Err(Rejected("must have at most 100 characters"));
        }
        if text.chars().any(char::is_control) {
            return Err(Rejected("must have no control characters"));
        }
        not_blank(text)?;
        Ok(Self(text.to_owned()))
    }
}

impl From<&Username> for Name {
    fn from(username: &Username) -> Self {
        Self(username.0.clone())
    }
}

impl FromStr for Username {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        let name = text.to_ascii_lowercase();
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let allowed = |c: u8| plain(c) || b"._-".contains(&c);
        let begins_well = name.bytes().next().is_some_and(plain);
        if USERNAME.contains(&name.len()) && begins_well && name.bytes().all(allowed) {
            Ok(Self(name))
        } else {
            Err(Rejected(
                "must be 3 to 32 characters of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit",
            ))
        }
    }
}

fn not_blank(text: &str) -> Result<(), Rejected> {
    if text.chars().all(char::is_whitespace) { Err(Rejected("must not be blank")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_kept_exactly() {
        for text in [" padded ", "tab\tand\nline", "👩‍👩‍👧 e\u{301}", &"ü".repeat(4_000)]
        {
            assert_eq!(text.parse::<MessageBody>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_message_says_something_printable() {
        for text in ["", " \n\t ", "\u{3000}", "bell\u{7}", "a\r\nb", "\u{85}", &"x".repeat(4_001)]
        {
            assert!(text.parse::<MessageBody>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_username_ignores_case() {
        assert_eq!("Ada.L-1_x".parse::<Username>().unwrap().as_str(), "ada.l-1_x");
        for text in
            ["", "ab", ".ada", "-ada", "ada lovelace", "ädä", "\u{212A}elvin", &"x".repeat(33)]
        {
            assert!(text.parse::<Username>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_name_fits_a_line() {
        assert!("Chess club ♞".parse::<Name>().is_ok());
        for text in ["", "  ", "two\nlines", &"x".repeat(101)] {
            assert!(text.parse::<Name>().is_err(), "{text:?}");
        }
    }
}
