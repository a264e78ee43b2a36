/** Arguments: the address of a server. */
fun main(arguments: Array<String>) {
    val url = arguments.single()
    generatedClient(url)
    sampleOverLossyWire(url)
}

/** A name that nobody has. */
fun unique(name: String) = "$name-${System.nanoTime().toString(36)}"

const val PASSWORD = "Correct-Horse-1"
