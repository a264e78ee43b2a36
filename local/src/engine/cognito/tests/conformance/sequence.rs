//! The calls, and how they end: an error's name, a challenge's, or `ok`.

use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::operation::initiate_auth::InitiateAuthOutput;
use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, AuthFlowType, AuthenticationResultType, ChallengeNameType,
    SoftwareTokenMfaSettingsType,
};
use totp_rs::{Builder, Secret};

use super::super::{PASSWORD, wrong};
use super::target::Target;
use crate::engine::cognito::now;

type Outcome<T, E, R> = Result<T, SdkError<E, R>>;

const NEW_PASSWORD: &str = "Another horse 2";
const THIRD_PASSWORD: &str = "Third horse 3";

/// Every step with its outcome.
pub const EXPECTED: &[(&str, &str)] = &[
    ("a weak password", "InvalidPasswordException"),
    ("an account", "ok"),
    ("the name again, in capitals", "UsernameExistsException"),
    ("sign-in before the code", "UserNotConfirmedException"),
    ("a wrong code", "CodeMismatchException"),
    ("the code", "ok"),
    ("the code again", "NotAuthorizedException"),
    ("a code for nobody", "CodeMismatchException"),
    ("a new code for nobody", "ok"),
    ("a new code for one who needs none", "InvalidParameterException"),
    ("an unknown app client", "ResourceNotFoundException"),
    ("a wrong password", "NotAuthorizedException"),
    ("a password of nobody", "NotAuthorizedException"),
    ("the password, the name in capitals", "ok"),
    ("one's own account", "ok"),
    ("an access token that is none", "NotAuthorizedException"),
    ("another name", "ok"),
    ("another password without the old one", "NotAuthorizedException"),
    ("another password that is weak", "InvalidPasswordException"),
    ("another password", "ok"),
    ("a refresh token at InitiateAuth", "InvalidParameterException"),
    ("a refresh token", "ok"),
    ("a new refresh token comes with it", "ok"),
    ("a refresh token that is none", "NotAuthorizedException"),
    ("a factor that is not there", "InvalidParameterException"),
    ("an app", "ok"),
    ("a wrong code of the app", "EnableSoftwareTokenMFAException"),
    ("a code of the app", "ok"),
    ("the app in use", "ok"),
    ("sign-in with the app", "SOFTWARE_TOKEN_MFA"),
    ("the challenge, wrongly answered", "CodeMismatchException"),
    ("the challenge, answered", "ok"),
    ("the challenge, answered again", "NotAuthorizedException"),
    ("a session that is none", "NotAuthorizedException"),
    ("a forgotten password of nobody", "ok"),
    ("a reset without a code", "ExpiredCodeException"),
    ("a forgotten password", "ok"),
    ("a reset with a wrong code", "CodeMismatchException"),
    ("a reset of nobody's password", "CodeMismatchException"),
    ("a reset with a weak password", "InvalidPasswordException"),
    ("a reset", "ok"),
    ("a reset again", "ExpiredCodeException"),
    ("an access token revoked", "UnsupportedTokenTypeException"),
    ("a refresh token revoked", "ok"),
    ("the refresh token then", "NotAuthorizedException"),
    ("its access token then", "NotAuthorizedException"),
    ("an account by an administrator", "ok"),
    ("the account again", "UsernameExistsException"),
    ("sign-in with the temporary password", "NEW_PASSWORD_REQUIRED"),
    ("a weak password in its place", "InvalidPasswordException"),
    ("a password in its place", "ok"),
    ("signed out everywhere", "ok"),
    ("the access token then", "NotAuthorizedException"),
    ("an account, looked at", "ok"),
    ("nobody, looked at", "UserNotFoundException"),
    ("an account disabled", "ok"),
    ("sign-in then", "NotAuthorizedException"),
    ("an account enabled", "ok"),
    ("sign-in again", "ok"),
    ("an account deleted", "ok"),
    ("an account deleted twice", "UserNotFoundException"),
    ("sign-in with what was deleted", "NotAuthorizedException"),
];

/// Makes the calls.
pub async fn run(target: &Target) -> Vec<(&'static str, String)> {
    let mut run = Run { target, outcomes: Vec::new() };
    run.registration().await;
    let tokens = run.account().await;
    run.refreshing(&tokens).await;
    let tokens = run.second_factor(&tokens).await;
    run.recovery().await;
    run.revocation(&tokens).await;
    run.administration().await;
    run.outcomes
}

struct Run<'a> {
    target: &'a Target,
    outcomes: Vec<(&'static str, String)>,
}

impl Run<'_> {
    /// Notes how a call ended; what came of it.
    fn note<T, E, R>(&mut self, step: &'static str, outcome: Outcome<T, E, R>) -> Option<T>
    where
        E: ProvideErrorMetadata,
    {
        let ended = match &outcome {
            Ok(_) => "ok",
            Err(error) => error.code().unwrap_or("no answer"),
        };
        self.outcomes.push((step, ended.to_owned()));
        outcome.ok()
    }

    /// As [`Run::note`], with the name of the challenge where there is one.
    async fn sign_in(
        &mut self,
        step: &'static str,
        username: &str,
        password: &str,
    ) -> Option<InitiateAuthOutput> {
        let outcome = self.target.sign_in(username, password).send().await;
        let output = self.note(step, outcome);
        let challenge = output.as_ref().and_then(InitiateAuthOutput::challenge_name);
        if let (Some(challenge), Some(last)) = (challenge, self.outcomes.last_mut()) {
            challenge.as_str().clone_into(&mut last.1);
        }
        output
    }

    async fn registration(&mut self) {
        let target = self.target;
        let outcome = target.sign_up("ann", "weak").send().await;
        self.note("a weak password", outcome);
        self.note("an account", target.sign_up("ann", PASSWORD).send().await);
        let again = target.sign_up("ANN", PASSWORD).send().await;
        self.note("the name again, in capitals", again);
        self.sign_in("sign-in before the code", "ann", PASSWORD).await;
        let code = target.code("123456");
        let mismatch = target.confirm("ann", &wrong(&code)).send().await;
        self.note("a wrong code", mismatch);
        self.note("the code", target.confirm("ann", &code).send().await);
        self.note("the code again", target.confirm("ann", &code).send().await);
        self.note("a code for nobody", target.confirm("nobody", &code).send().await);
        let (client, id) = (&target.client, &target.client_id);
        let resend = |name| client.resend_confirmation_code().client_id(id).username(name).send();
        self.note("a new code for nobody", resend("nobody").await);
        self.note("a new code for one who needs none", resend("ann").await);
        let unknown = target.sign_in("ann", PASSWORD).client_id("unknownunknownunknown").send();
        self.note("an unknown app client", unknown.await);
    }

    async fn account(&mut self) -> AuthenticationResultType {
        let client = &self.target.client;
        self.sign_in("a wrong password", "ann", "Wrong horse 1").await;
        self.sign_in("a password of nobody", "nobody", PASSWORD).await;
        let output = self.sign_in("the password, the name in capitals", "ANN", PASSWORD).await;
        let mut tokens = output.and_then(|output| output.authentication_result);
        if tokens.is_none() {
            // Where capitals are another name, the rest is still to be seen.
            let output = self.target.sign_in("ann", PASSWORD).send().await.unwrap();
            tokens = output.authentication_result;
        }
        let tokens = tokens.unwrap();
        let token = tokens.access_token().unwrap();
        let user = |token: &str| client.get_user().access_token(token).send();
        self.note("one's own account", user(token).await);
        self.note("an access token that is none", user("none").await);
        let name = AttributeType::builder().name("name").value("Ann").build().unwrap();
        let update = client.update_user_attributes().access_token(token).user_attributes(name);
        self.note("another name", update.send().await);
        let change = |old: &str, new: &str| {
            let change = client.change_password().access_token(token);
            change.previous_password(old).proposed_password(new).send()
        };
        let refused = change("Wrong horse 1", NEW_PASSWORD).await;
        self.note("another password without the old one", refused);
        self.note("another password that is weak", change(PASSWORD, "weak").await);
        self.note("another password", change(PASSWORD, NEW_PASSWORD).await);
        tokens
    }

    async fn refreshing(&mut self, tokens: &AuthenticationResultType) {
        let target = self.target;
        let token = tokens.refresh_token().unwrap();
        let old_way = target
            .client
            .initiate_auth()
            .client_id(&target.client_id)
            .auth_flow(AuthFlowType::RefreshTokenAuth)
            .auth_parameters("REFRESH_TOKEN", token);
        self.note("a refresh token at InitiateAuth", old_way.send().await);
        let output = self.note("a refresh token", target.refresh(token).send().await);
        let result = output.and_then(|output| output.authentication_result);
        let rotated = result.is_some_and(|result| result.refresh_token.is_some());
        let rotated = if rotated { "ok" } else { "none" };
        self.outcomes.push(("a new refresh token comes with it", rotated.to_owned()));
        self.note("a refresh token that is none", target.refresh("none").send().await);
    }

    /// With the tokens of the sign-in that needed it.
    async fn second_factor(
        &mut self,
        tokens: &AuthenticationResultType,
    ) -> AuthenticationResultType {
        let (target, client) = (self.target, &self.target.client);
        let token = tokens.access_token().unwrap();
        let prefer = || {
            let on = SoftwareTokenMfaSettingsType::builder().enabled(true).preferred_mfa(true);
            let prefer = client.set_user_mfa_preference().access_token(token);
            prefer.software_token_mfa_settings(on.build()).send()
        };
        self.note("a factor that is not there", prefer().await);
        let associate = client.associate_software_token().access_token(token).send().await;
        let secret = self.note("an app", associate).unwrap().secret_code.unwrap();
        let verify = |code: String| {
            client.verify_software_token().access_token(token).user_code(code).send()
        };
        let mismatch = verify(wrong(&code_of(&secret, 0))).await;
        self.note("a wrong code of the app", mismatch);
        // That of half a minute ago: no code is good twice.
        self.note("a code of the app", verify(code_of(&secret, -30)).await);
        self.note("the app in use", prefer().await);

        let challenge = self.sign_in("sign-in with the app", "ann", NEW_PASSWORD).await.unwrap();
        let session = challenge.session().unwrap_or_default();
        let answer = |session: &str, code: String| {
            target
                .respond(ChallengeNameType::SoftwareTokenMfa, session, "ann")
                .challenge_responses("SOFTWARE_TOKEN_MFA_CODE", code)
                .send()
        };
        let mismatch = answer(session, wrong(&code_of(&secret, 0))).await;
        self.note("the challenge, wrongly answered", mismatch);
        let answered = answer(session, code_of(&secret, 0)).await;
        let tokens = self.note("the challenge, answered", answered);
        let again = answer(session, code_of(&secret, 30)).await;
        self.note("the challenge, answered again", again);
        let unknown = answer("a session that nobody ever gave", code_of(&secret, 30)).await;
        self.note("a session that is none", unknown);
        tokens.and_then(|output| output.authentication_result).unwrap()
    }

    async fn recovery(&mut self) {
        let target = self.target;
        let forgot = |name| {
            target.client.forgot_password().client_id(&target.client_id).username(name).send()
        };
        let reset = |name, code: &str, password| {
            let reset = target.client.confirm_forgot_password().client_id(&target.client_id);
            reset.username(name).confirmation_code(code).password(password).send()
        };
        self.note("a forgotten password of nobody", forgot("nobody").await);
        self.note("a reset without a code", reset("ann", "000000", NEW_PASSWORD).await);
        self.note("a forgotten password", forgot("ann").await);
        let code = target.code("654321");
        let mismatch = reset("ann", &wrong(&code), THIRD_PASSWORD).await;
        self.note("a reset with a wrong code", mismatch);
        self.note("a reset of nobody's password", reset("nobody", &code, THIRD_PASSWORD).await);
        self.note("a reset with a weak password", reset("ann", &code, "weak").await);
        self.note("a reset", reset("ann", &code, THIRD_PASSWORD).await);
        self.note("a reset again", reset("ann", &code, THIRD_PASSWORD).await);
    }

    async fn revocation(&mut self, tokens: &AuthenticationResultType) {
        let (target, client) = (self.target, &self.target.client);
        let revoke =
            |token: &str| client.revoke_token().client_id(&target.client_id).token(token).send();
        let (access, refresh) = (tokens.access_token().unwrap(), tokens.refresh_token().unwrap());
        self.note("an access token revoked", revoke(access).await);
        self.note("a refresh token revoked", revoke(refresh).await);
        self.note("the refresh token then", target.refresh(refresh).send().await);
        let user = client.get_user().access_token(access).send().await;
        self.note("its access token then", user);
    }

    async fn administration(&mut self) {
        let (target, client, pool) = (self.target, &self.target.client, &self.target.pool_id);
        let email = AttributeType::builder().name("email").value("bob@example.com").build();
        let email = email.unwrap();
        let create = || {
            let create = client.admin_create_user().user_pool_id(pool).username("bob");
            create.temporary_password(PASSWORD).user_attributes(email.clone()).send()
        };
        self.note("an account by an administrator", create().await);
        self.note("the account again", create().await);
        let challenge = self.sign_in("sign-in with the temporary password", "bob", PASSWORD).await;
        let challenge = challenge.unwrap();
        let choose = |password| {
            let session = challenge.session().unwrap_or_default();
            let answer = target.respond(ChallengeNameType::NewPasswordRequired, session, "bob");
            answer.challenge_responses("NEW_PASSWORD", password).send()
        };
        self.note("a weak password in its place", choose("weak").await);
        let output = self.note("a password in its place", choose(NEW_PASSWORD).await);
        let token = output.and_then(|output| output.authentication_result?.access_token);
        let token = token.unwrap_or_default();
        let everywhere = client.global_sign_out().access_token(&token).send().await;
        self.note("signed out everywhere", everywhere);
        let user = client.get_user().access_token(&token).send().await;
        self.note("the access token then", user);

        let get = |name| client.admin_get_user().user_pool_id(pool).username(name).send();
        self.note("an account, looked at", get("bob").await);
        self.note("nobody, looked at", get("nobody").await);
        let disable = client.admin_disable_user().user_pool_id(pool).username("bob").send().await;
        self.note("an account disabled", disable);
        self.sign_in("sign-in then", "bob", NEW_PASSWORD).await;
        let enable = client.admin_enable_user().user_pool_id(pool).username("bob").send().await;
        self.note("an account enabled", enable);
        self.sign_in("sign-in again", "bob", NEW_PASSWORD).await;
        let delete = || client.admin_delete_user().user_pool_id(pool).username("bob").send();
        self.note("an account deleted", delete().await);
        self.note("an account deleted twice", delete().await);
        self.sign_in("sign-in with what was deleted", "bob", NEW_PASSWORD).await;
    }
}

/// The code of the app that has `secret`, some seconds from now.
fn code_of(secret: &str, seconds: i64) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let app = Builder::new().with_secret(secret).build().unwrap();
    app.generate((now() + seconds).unsigned_abs()).to_string()
}
