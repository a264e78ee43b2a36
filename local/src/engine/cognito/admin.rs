//! What administrators do with accounts. They are told who exists, and may name a user by the `sub`, too.

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::attributes::{Attribute, By, described, value_of};
use super::error::{Error, Result};
use super::names::{key_of, random_name};
use super::password::PasswordHash;
use super::policy::check_password;
use super::user::User;
use super::{USERS, UserPool};

/// Of operations that need no more than the name.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Named {
    user_pool_id: String,
    username: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminCreateUser {
    #[serde(flatten)]
    user: Named,
    temporary_password: Option<String>,
    #[serde(default)]
    user_attributes: Vec<Attribute>,
    message_action: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminSetUserPassword {
    #[serde(flatten)]
    user: Named,
    password: String,
    #[serde(default)]
    permanent: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminUpdateUserAttributes {
    #[serde(flatten)]
    user: Named,
    user_attributes: Vec<Attribute>,
}

impl UserPool {
    pub(super) fn admin_get_user(&self, input: &Named) -> Result<Value> {
        let user = self.named(input)?;
        let mut output = json!({
            "Username": user.username,
            "UserAttributes": described(&user),
            "UserCreateDate": user.created_at,
            "UserLastModifiedDate": user.modified_at,
            "Enabled": !user.disabled,
            "UserStatus": user.status(),
        });
        user.factors.describe(&mut output);
        Ok(output)
    }

    /// The account has a temporary password, which goes to its owner unless the message is suppressed.
    pub(super) fn admin_create_user(&self, input: AdminCreateUser, now: i64) -> Result<Value> {
        self.check_pool(&input.user.user_pool_id)?;
        let password = match input.temporary_password {
            Some(password) => password,
            // With all that the policy asks for.
            None => format!("{}aA1", random_name(12)?),
        };
        check_password(&password)?;
        let email = value_of(&input.user_attributes, "email");
        let mut user = User::new(input.user.username, email, now)?;
        user.change(&input.user_attributes, By::Administrator, now)?;
        user.set_temporary_password(PasswordHash::new(&password)?, now);
        if !self.documents.insert(USERS, &key_of(&user.username), &user)? {
            return Err(Error::UsernameExists);
        }
        if input.message_action.as_deref() != Some("SUPPRESS") {
            self.mail_invitation(&user.email, &user.username, &password)?;
        }
        Ok(json!({ "User": listed(&user) }))
    }

    pub(super) fn admin_set_user_password(
        &self,
        input: &AdminSetUserPassword,
        now: i64,
    ) -> Result<Value> {
        check_password(&input.password)?;
        let password = PasswordHash::new(&input.password)?;
        self.change_named(&input.user, |user| {
            if input.permanent {
                user.set_password(password, now);
            } else {
                user.set_temporary_password(password, now);
            }
            Ok(())
        })
    }

    pub(super) fn admin_update_user_attributes(
        &self,
        input: &AdminUpdateUserAttributes,
        now: i64,
    ) -> Result<Value> {
        self.change_named(&input.user, |user| {
            user.change(&input.user_attributes, By::Administrator, now)
        })
    }

    pub(super) fn admin_enable_user(&self, input: &Named, now: i64) -> Result<Value> {
        self.change_named(input, |user| {
            (user.disabled, user.modified_at) = (false, now);
            Ok(())
        })
    }

    /// Their sessions end with it.
    pub(super) fn admin_disable_user(&self, input: &Named, now: i64) -> Result<Value> {
        self.change_named(input, |user| {
            (user.disabled, user.modified_at) = (true, now);
            Ok(())
        })?;
        self.admin_user_global_sign_out(input)
    }

    pub(super) fn admin_user_global_sign_out(&self, input: &Named) -> Result<Value> {
        let user = self.named(input)?;
        self.end_sessions(user.sub)?;
        Ok(json!({}))
    }

    pub(super) fn admin_delete_user(&self, input: &Named) -> Result<Value> {
        let _changing = self.changing();
        let user = self.named(input)?;
        self.delete(&user)?;
        Ok(json!({}))
    }

    fn named(&self, input: &Named) -> Result<User> {
        self.check_pool(&input.user_pool_id)?;
        if let Some(user) = self.user(&input.username)? {
            return Ok(user);
        }
        let sub: Uuid = input.username.parse().map_err(|_| Error::UserNotFound)?;
        let users = self.users()?.into_iter();
        users.into_iter().find(|user| user.sub == sub).ok_or(Error::UserNotFound)
    }

    fn change_named(
        &self,
        input: &Named,
        change: impl FnOnce(&mut User) -> Result<()>,
    ) -> Result<Value> {
        let _changing = self.changing();
        let mut user = self.named(input)?;
        change(&mut user)?;
        self.save(&user)?;
        Ok(json!({}))
    }
}

/// As it is in lists.
pub(super) fn listed(user: &User) -> Value {
    json!({
        "Username": user.username,
        "Attributes": described(user),
        "UserCreateDate": user.created_at,
        "UserLastModifiedDate": user.modified_at,
        "Enabled": !user.disabled,
        "UserStatus": user.status(),
    })
}
