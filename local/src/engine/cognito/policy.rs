//! What the pool accepts: names, passwords, addresses.

use validator::ValidateEmail;

use super::error::{Error, Result};

const MAX_USERNAME: usize = 128;
const MIN_PASSWORD: usize = 10;
const MAX_PASSWORD: usize = 256;

/// Checks a user name.
///
/// # Errors
/// `InvalidParameter`.
pub fn check_username(username: &str) -> Result<()> {
    if is_username(username) {
        return Ok(());
    }
    Err(constraint("username", r"satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+"))
}

/// Checks a password: 10-256 characters with upper case, lower case and digit, no blank at either end.
///
/// # Errors
/// `InvalidPassword` with the rule that it breaks, `InvalidParameter` for what Cognito's API does not take at all.
pub fn check_password(password: &str) -> Result<()> {
    check_password_length(password)?;
    if password.trim() != password {
        return Err(constraint("password", r"satisfy regular expression pattern: ^[\S]+.*[\S]+$"));
    }
    let rules = [
        (password.chars().count() >= MIN_PASSWORD, "Password not long enough"),
        (
            password.chars().any(|c| c.is_ascii_lowercase()),
            "Password must have lowercase characters",
        ),
        (
            password.chars().any(|c| c.is_ascii_uppercase()),
            "Password must have uppercase characters",
        ),
        (password.chars().any(|c| c.is_ascii_digit()), "Password must have numeric characters"),
    ];
    match rules.into_iter().find(|(kept, _)| !kept) {
        Some((_, rule)) => Err(Error::InvalidPassword(rule)),
        None => Ok(()),
    }
}

/// Checks that a password is short enough to be looked at.
///
/// # Errors
/// `InvalidParameter`.
pub fn check_password_length(password: &str) -> Result<()> {
    if password.chars().count() > MAX_PASSWORD {
        return Err(constraint("password", "have length less than or equal to 256"));
    }
    Ok(())
}

/// Whether anybody can have that name.
pub fn is_username(username: &str) -> bool {
    let length = username.chars().count();
    (1..=MAX_USERNAME).contains(&length) && !username.chars().any(is_blank_or_control)
}

/// Checks a mail address.
///
/// # Errors
/// `InvalidParameter`.
pub fn check_email(email: Option<&str>) -> Result<()> {
    match email {
        Some(email) if email.validate_email() => Ok(()),
        Some(_) => Err(Error::InvalidParameter("Invalid email address format.".to_owned())),
        None => Err(Error::InvalidParameter(
            "Attributes did not conform to the schema: email: The attribute is required".to_owned(),
        )),
    }
}

fn is_blank_or_control(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// What Cognito's API says of a parameter that it does not take.
pub fn constraint(member: &str, rule: &str) -> Error {
    Error::InvalidParameter(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must {rule}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(password: &str) -> String {
        check_password(password).unwrap_err().to_string()
    }

    #[test]
    fn a_weak_password_is_refused_with_the_rule_that_it_breaks() {
        let policy = "Password did not conform with policy: Password ";
        assert_eq!(refusal("Abcdefgh1"), format!("{policy}not long enough"));
        assert_eq!(refusal("ABCDEFGHI1"), format!("{policy}must have lowercase characters"));
        assert_eq!(refusal("abcdefghi1"), format!("{policy}must have uppercase characters"));
        assert_eq!(refusal("Abcdefghij"), format!("{policy}must have numeric characters"));
    }

    #[test]
    fn a_password_has_10_to_256_characters() {
        check_password("Abcdefghi1").unwrap();
        check_password("Äbcdéfghi Jk1").unwrap();
        check_password(&format!("Ab1{}", "ü".repeat(253))).unwrap();
        assert!(refusal(&format!("Ab1{}", "x".repeat(254))).ends_with("less than or equal to 256"));
        assert!(refusal(" Abcdefghi1").contains("pattern"));
    }

    #[test]
    fn an_address_is_needed_and_looks_like_one() {
        check_email(Some("ann@example.com")).unwrap();
        assert!(check_email(Some("ann")).is_err());
        assert!(check_email(None).is_err());
        check_username("ann").unwrap();
        assert!(check_username("").is_err() && check_username("a b").is_err());
    }
}
