//! Registering, signing in and out.

use serde_json::{Value, json};
use tests::{Backend, unique};
use totp_rs::{Builder, Secret};

use crate::support::{Live, Machine, PASSWORD, User};

#[tokio::test]
async fn somebody_registers_signs_in_and_out() {
    let machine = Machine::new(Backend::shared().await.url());
    let name = unique("u");
    let create = [
        "create-user",
        &name,
        "--email",
        "a@example.com",
        "--display-name",
        "Ada",
        "--password-stdin",
    ];
    let told = machine.run_with(&create, "Correct-Horse-1\n").done();
    assert_eq!(told, format!("{name} is registered. Sign in: chinwag auth login {name}\n"));
    let told = machine.run_with(&["auth", "login", &name, "--password-stdin"], PASSWORD).done();
    assert_eq!(told, format!("{name} is signed in\n"));
    let me = machine.run(&["auth", "whoami", "--json"]).json();
    assert_eq!((&me["username"], &me["displayName"]), (&json!(name), &json!("Ada")));

    machine.run(&["auth", "logout"]).done();
    assert!(
        machine.run(&["auth", "whoami"]).failed(3).contains("chinwag --profile test auth login")
    );
    assert_eq!(machine.tokens()["people"], json!({}));
}

#[tokio::test]
async fn a_name_that_is_taken_and_a_weak_password_are_told() {
    let user = User::new(Backend::shared().await.url());
    let create = |name: &str, password| {
        let create = ["create-user", name, "--email", "a@example.com", "--password-stdin"];
        user.machine.run_with(&create, password).failed(1)
    };
    assert!(create(&user.name, PASSWORD).contains("(409)"));
    let told = create(&unique("u"), "weak");
    assert!(told.contains("(422)") && told.contains("\n  /password: "), "{told}");
    assert!(told.contains("\n  request "), "{told}");
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_told_as_json() {
    let user = User::new(Backend::shared().await.url());
    let arguments = ["auth", "login", &user.name, "--password-stdin", "--json"];
    let told = user.machine.run_with(&arguments, "Wrong-Horse-1").failed(1);
    let problem: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&problem["status"], &problem["code"]), (&json!(401), &json!("bad-credentials")));
    // Who was signed in still is.
    user.run(&["auth", "whoami"]).done();
}

#[tokio::test]
async fn a_password_is_never_an_argument_and_must_come_from_somewhere() {
    let user = User::new(Backend::shared().await.url());
    user.run(&["auth", "login", &user.name, "--password", PASSWORD]).failed(2);
    assert!(
        user.run(&["auth", "login", &user.name, "--password-stdin"]).failed(2).contains("Password")
    );
}

#[tokio::test]
async fn a_registration_is_confirmed_with_the_code_of_the_mail() {
    let backend = Backend::private(|options| options.confirm_registration = true).await;
    let machine = Machine::new(backend.url());
    let create = ["create-user", "ann", "--email", "ann@example.com", "--password-stdin"];
    assert!(machine.run_with(&create, PASSWORD).done().contains("chinwag auth confirm ann"));
    let sign_in = ["auth", "ann", "--password-stdin"];
    machine.run_with(&sign_in, PASSWORD).failed(1);
    machine.run_with(&["auth", "confirm", "ann", "--password-stdin"], "000000").failed(1);
    machine.run(&["auth", "confirm", "ann", "--resend"]).done();

    let outbox = backend.anyone().get("/local/outbox").await.body;
    let mail = outbox["messages"].as_array().unwrap().last().unwrap();
    let code = mail["body"].as_str().unwrap().split(' ').next_back().unwrap().to_owned();
    machine.run_with(&["auth", "confirm", "ann", "--password-stdin"], &code).done();
    machine.run_with(&sign_in, PASSWORD).done();
}

#[tokio::test]
async fn whoever_must_have_a_second_factor_sets_it_up_while_signing_in() {
    let backend = Backend::private(|options| options.require_mfa = true).await;
    let machine = Machine::new(backend.url());
    let create = ["create-user", "ann", "--email", "ann@example.com", "--password-stdin"];
    machine.run_with(&create, PASSWORD).done();

    let mut live = Live::start(machine.command(&["auth", "ann", "--password-stdin"]));
    live.types(PASSWORD);
    live.told("authenticator app");
    let secret = live.told("  ").trim().to_owned();
    live.types(&code(&secret, 0));
    assert_eq!(live.line(), "ann is signed in");
    assert_eq!(live.end().0, 0);

    // Now the challenge is another one; no code is taken twice.
    let both = format!("{PASSWORD}\n{}\n", code(&secret, 30));
    machine.run_with(&["auth", "ann", "--password-stdin"], &both).done();
    let wrong = format!("{PASSWORD}\n12345\n");
    machine.run_with(&["auth", "ann", "--password-stdin"], &wrong).failed(1);
}

/// What an authenticator shows, some seconds from now.
fn code(secret: &str, later: u64) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let app = Builder::new().with_secret(secret).build().unwrap();
    app.generate(tests::notifier::epoch_seconds() + later).to_string()
}
