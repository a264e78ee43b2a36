//! The people of the table, and what each request of theirs looks like.

use serde_json::{Value, json};
use tests::{Backend, Client, Group, PASSWORD, Person, Reply, unique};

use crate::routes::Route;

/// Everyone who takes part.
pub struct Cast {
    anyone: Client,
    stranger: Person,
    member: Person,
    admin: Person,
    owner: Person,
    blocked: Person,
    removed: Person,
    /// A member, whom most requests are about; has blocked `blocked`.
    target: Person,
    /// Is in no group yet; has blocked `blocked`.
    newcomer: Person,
    /// To be blocked and unblocked by everyone.
    bystander: Person,
}

/// A group of the cast, made for one request.
struct Scene {
    group: Group,
    /// A message of the target.
    of_target: u64,
    /// A message of the caller, or of the target where the caller was never a member.
    of_caller: u64,
}

impl Cast {
    pub async fn new(backend: &Backend) -> Self {
        let [stranger, member, admin, owner, blocked, removed, target, newcomer, bystander] =
            tests::people(backend).await;
        target.block(&blocked).await.expect(204);
        newcomer.block(&blocked).await.expect(204);
        let anyone = backend.anyone();
        Self {
            anyone,
            stranger,
            member,
            admin,
            owner,
            blocked,
            removed,
            target,
            newcomer,
            bystander,
        }
    }

    /// Somebody in a role makes a request: where its path names a group or conversation, to a new group of the kind
    /// that `place` says.
    pub async fn perform(&self, route: &Route, place: &str, role: &str) -> Reply {
        let caller = self.by_role(role);
        let scene = match place.split_once(' ').map_or(place, |(visibility, _)| visibility) {
            "" => None,
            visibility => Some(self.scene(visibility, caller).await),
        };
        let is_own = place.ends_with(" own");
        let path =
            route.path_with(|name| self.parameter(route, name, caller, scene.as_ref(), is_own));
        let path = match route.key.as_str() {
            "GET /v1/users" => format!("{path}?username={}", self.target.username),
            "GET /v1/groups" => format!("{path}?visibility=open"),
            _ => path,
        };
        let client = caller.map_or(&self.anyone, |caller| caller);
        let request = client.request(route.method(), &path);
        match self.body(route) {
            Some(body) => request.json(&body).send().await,
            None => request.send().await,
        }
    }

    fn by_role(&self, role: &str) -> Option<&Person> {
        match role {
            "anonymous" => None,
            "stranger" => Some(&self.stranger),
            "member" => Some(&self.member),
            "admin" => Some(&self.admin),
            "owner" => Some(&self.owner),
            "blocked" => Some(&self.blocked),
            "removed" => Some(&self.removed),
            other => panic!("who is {other}?"),
        }
    }

    async fn scene(&self, visibility: &str, caller: Option<&Person>) -> Scene {
        let members = [&self.member, &self.admin, &self.removed, &self.target, &self.blocked];
        let group = match visibility {
            "open" => self.owner.open_group(&members).await,
            "private" => self.owner.group(&members).await,
            other => panic!("what is {other}?"),
        };
        for admin in [&self.admin, &self.blocked] {
            self.owner.put_member(&group, admin, Some("admin")).await.expect(200);
        }
        let of_target = self.target.say(&group, "of the target").await.expect(201).seq();
        let of_caller = match caller {
            Some(caller) if caller.id != self.stranger.id => {
                caller.say(&group, "of the caller").await.expect(201).seq()
            }
            _ => of_target,
        };
        self.owner.remove_member(&group, &self.removed).await.expect(204);
        Scene { group, of_target, of_caller }
    }

    fn parameter(
        &self,
        route: &Route,
        name: &str,
        caller: Option<&Person>,
        scene: Option<&Scene>,
        is_own: bool,
    ) -> String {
        let scene = || scene.unwrap_or_else(|| panic!("which kind of group? {}", route.key));
        match name {
            "groupId" => scene().group.id.clone(),
            "conversationId" => scene().group.conversation.clone(),
            "seq" if is_own => scene().of_caller.to_string(),
            "seq" => scene().of_target.to_string(),
            "userId" => match (route.key.as_str(), caller) {
                (_, Some(caller)) if is_own => caller.id.clone(),
                ("PUT /v1/groups/{groupId}/members/{userId}", _) => self.newcomer.id.clone(),
                (key, _) if key.ends_with("/blocks/{userId}") => self.bystander.id.clone(),
                _ => self.target.id.clone(),
            },
            other => panic!("what is {{{other}}}?"),
        }
    }

    fn body(&self, route: &Route) -> Option<Value> {
        let password = PASSWORD;
        Some(match route.key.as_str() {
            "POST /v1/register" => {
                json!({ "username": unique("m"), "email": tests::MAILBOX, "password": password })
            }
            // No matter for whom: something is missing.
            "POST /v1/register/confirm"
            | "POST /v1/register/resend"
            | "POST /v1/authenticate/challenge"
            | "POST /v1/authenticate/code"
            | "POST /v1/password/forgot"
            | "POST /v1/password/reset"
            | "POST /v1/password/change"
            | "POST /v1/users/me/mfa/confirm" => json!({}),
            "POST /v1/authenticate" => {
                json!({ "username": self.target.username, "password": password })
            }
            "POST /v1/authenticate/refresh" => {
                json!({ "refreshToken": self.target.tokens["refreshToken"] })
            }
            // Nobody leaves: this is no body of the route.
            "DELETE /v1/users/me" => json!({ "really": true }),
            "PATCH /v1/users/me" => json!({ "displayName": "somebody" }),
            "POST /v1/messages" => json!({ "recipientId": self.target.id, "body": "hi" }),
            "POST /v1/groups" => json!({ "name": "mine", "memberIds": [self.newcomer.id] }),
            "PATCH /v1/groups/{groupId}" => json!({ "name": "renamed" }),
            "POST /v1/groups/{groupId}/messages"
            | "PATCH /v1/conversations/{conversationId}/messages/{seq}" => json!({ "body": "hi" }),
            "PUT /v1/conversations/{conversationId}/read" => json!({ "seq": 1 }),
            _ => return None,
        })
    }
}
