//! Accounts: registration, passwords, the second factor.

use confirm_registration::{Confirm, Resend};
use mfa::{Confirm as ConfirmMfa, Enrol, Factors, SwitchOff};
use password_change::ChangePassword;
use password_reset::{Forgot, Reset};
use register::{Register, Registered};
use serde_json::json;
use shared::error::Error;
use shared::identity::Authenticator;

use crate::example;
use crate::operation::{Operation, Tag};

pub const TAG: Tag =
    Tag { name: "Accounts", description: "Registration, passwords and the second factor." };

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("POST /v1/register", "register", "Register")
            .about(
                "A registration that broke off is healed by repeating it with the same password, or by signing in.",
            )
            .takes::<Register>(json!({
                "username": "ada",
                "email": "ada@example.com",
                "password": "Correct-Horse-1",
                "displayName": "Ada Lovelace",
            }))
            .answers::<Registered>(
                201,
                "Registered.",
                json!({ "userId": example::ADA, "username": "ada", "confirmed": true }),
            )
            .refuses([Error::UsernameTaken]),
        Operation::new("POST /v1/register/confirm", "confirmRegistration", "Confirm a registration")
            .about("With the code that was mailed, where `register` answered `\"confirmed\": false`.")
            .takes::<Confirm>(json!({ "username": "ada", "code": "123456" }))
            .says(204, "Confirmed: the person may sign in."),
        Operation::new("POST /v1/register/resend", "resendCode", "Send the code of a registration again")
            .about("The answer is the same whether or not there is such a registration.")
            .takes::<Resend>(json!({ "username": "ada" }))
            .says(202, "Sent, if there is such a registration."),
        Operation::new("POST /v1/password/forgot", "forgotPassword", "Ask for the code to reset a password")
            .about("It is mailed to the user's address. The answer is the same whether or not there is such a user.")
            .takes::<Forgot>(json!({ "username": "ada" }))
            .says(202, "Sent, if there is such a user."),
        Operation::new("POST /v1/password/reset", "resetPassword", "Reset a password")
            .about("All sessions and sockets of the user end.")
            .takes::<Reset>(json!({
                "username": "ada",
                "code": "123456",
                "password": "Correct-Horse-2",
            }))
            .says(204, "The password is the new one."),
        Operation::new("POST /v1/password/change", "changePassword", "Change your password")
            .about("All sessions and sockets of the caller end.")
            .takes::<ChangePassword>(json!({
                "password": "Correct-Horse-1",
                "newPassword": "Correct-Horse-2",
            }))
            .says(204, "The password is the new one."),
        Operation::new("GET /v1/users/me/mfa", "getSecondFactors", "Get your second factors")
            .about("Whether a sign-in asks for the code of an authenticator app.")
            .answers::<Factors>(200, "What is on.", json!({ "softwareToken": false })),
        Operation::new("POST /v1/users/me/mfa", "enrolMfa", "Begin to set up an authenticator app")
            .about("The app is set up with the `secret`, or with `otpauthUri` as a QR code; `POST /v1/users/me/mfa/confirm` switches it on.")
            .takes::<Enrol>(json!({}))
            .answers::<Authenticator>(
                200,
                "What the app is set up with.",
                json!({
                    "secret": "JBSWY3DPEHPK3PXP",
                    "otpauthUri": "otpauth://totp/Chinwag:ada?secret=JBSWY3DPEHPK3PXP&issuer=Chinwag",
                }),
            )
            .refuses([
                Error::Forbidden("who signs in with Google has Google's second factor"),
                Error::NotFound("second factor"),
                Error::MfaOn,
            ]),
        Operation::new("POST /v1/users/me/mfa/confirm", "confirmMfa", "Switch the authenticator app on")
            .about("With the first code that the app shows, as a proof that it was set up.")
            .takes::<ConfirmMfa>(json!({ "code": "123456" }))
            .says(204, "On: the next sign-in asks for a code."),
        Operation::new("DELETE /v1/users/me/mfa", "switchMfaOff", "Switch the authenticator app off")
            .about("With the password, as a proof of who asks.")
            .takes::<SwitchOff>(json!({ "password": "Correct-Horse-1" }))
            .says(204, "Switched off."),
    ]
}
