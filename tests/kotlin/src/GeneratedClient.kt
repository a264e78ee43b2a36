import chinwag.generated.apis.AccountsApi
import chinwag.generated.apis.BlocksApi
import chinwag.generated.apis.ConversationsApi
import chinwag.generated.apis.GroupsApi
import chinwag.generated.apis.MessagesApi
import chinwag.generated.apis.SignInApi
import chinwag.generated.apis.UsersApi
import chinwag.generated.infrastructure.ApiClient
import chinwag.generated.infrastructure.ClientException
import chinwag.generated.models.AccountHeld
import chinwag.generated.models.Authenticate
import chinwag.generated.models.CreateGroup
import chinwag.generated.models.DeletedChange
import chinwag.generated.models.DirectConversation
import chinwag.generated.models.EditMessage
import chinwag.generated.models.EditedChange
import chinwag.generated.models.GroupConversation
import chinwag.generated.models.GroupCreatedChange
import chinwag.generated.models.GroupUpdatedChange
import chinwag.generated.models.Hidden
import chinwag.generated.models.MemberAddedChange
import chinwag.generated.models.MemberRemovedChange
import chinwag.generated.models.Message
import chinwag.generated.models.ProfileHeld
import chinwag.generated.models.PutMember
import chinwag.generated.models.Register
import chinwag.generated.models.Role
import chinwag.generated.models.RoleChangedChange
import chinwag.generated.models.SendGroupMessage
import chinwag.generated.models.SendMessage
import chinwag.generated.models.Tokens
import chinwag.generated.models.UpdateGroup

/** The client that OpenAPI Generator makes reads every form of what it is answered. */
fun generatedClient(url: String) {
    val (conversations, groups) = Pair(ConversationsApi(url), GroupsApi(url))
    val messages = MessagesApi(url)
    fun register(name: String) =
        AccountsApi(url).register(Register("$name@example.com", PASSWORD, unique(name)))
    fun signIn(username: String) {
        val signIn = SignInApi(url).authenticate(Authenticate(PASSWORD, username))
        ApiClient.accessToken = (signIn.actualInstance as Tokens).accessToken
    }
    val (ada, bob) = Pair(register("ada"), register("bob"))

    signIn(bob.username)
    messages.sendMessage(SendMessage("Hello Ada", ada.userId))
    signIn(ada.username)
    val direct = messages.sendMessage(SendMessage("Hello Bob", bob.userId, "hello-1"))
    check(direct.seq == 2L && direct.recipientId == bob.userId && direct.groupId == null)

    val group = groups.createGroup(CreateGroup("Chess club"))
    val log = group.conversationId
    groups.putMember(group.groupId, bob.userId)
    groups.putMember(group.groupId, bob.userId, PutMember(Role.admin))
    messages.sendGroupMessage(group.groupId, SendGroupMessage("Welcme"))
    conversations.editMessage(log, 4, EditMessage("Welcome"))
    conversations.deleteMessage(log, 4)
    signIn(bob.username)
    messages.sendGroupMessage(group.groupId, SendGroupMessage("Hello all"))
    signIn(ada.username)
    BlocksApi(url).block(bob.userId)
    groups.updateGroup(group.groupId, UpdateGroup(name = "Chess and tea"))
    groups.removeMember(group.groupId, bob.userId)

    val entries = conversations.readHistory(log).propertyEntries.map { it.actualInstance!! }
    val forms = listOf(
        GroupCreatedChange::class, MemberAddedChange::class, RoleChangedChange::class, Message::class,
        EditedChange::class, DeletedChange::class, Hidden::class, GroupUpdatedChange::class, MemberRemovedChange::class,
    )
    check(entries.map { it::class } == forms) { "$entries" }
    check((entries[3] as Message).let { it.body == null && it.deletedAt != null && it.seq == 4L })
    check((entries[4] as EditedChange).target == 4L)

    val mine = conversations.listConversations().conversations.map { it.actualInstance!! }
    val (one, other) = mine.partition { it is DirectConversation }
    check((one.single() as DirectConversation).let { it.peerId == bob.userId && it.lastSeq == 2L })
    check((other.single() as GroupConversation).let { it.name == "Chess and tea" && it.lastSeq == 9L })

    val users = UsersApi(url)
    val pages = generateSequence(users.exportAccount()) { page -> page.nextCursor?.let { users.exportAccount(cursor = it) } }
    val held = pages.flatMap { it.items }.map { it.actualInstance!!::class }.toList()
    check(held.containsAll(listOf(ProfileHeld::class, AccountHeld::class, Message::class))) { "$held" }

    val refused = runCatching { messages.sendMessage(SendMessage("Still there?", bob.userId)) }
    check((refused.exceptionOrNull() as ClientException).statusCode == 403)
    println("the generated client reads what it is answered")
}
