/** A program in the address of the page: deflated, in base64 for URLs, after `#code=`; of an example its name, after `#example=`. */

const streamed = async (bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream) =>
  new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer())

export async function packed(text: string): Promise<string> {
  const bytes = await streamed(new TextEncoder().encode(text), new CompressionStream('deflate-raw'))
  const characters = Array.from(bytes, byte => String.fromCharCode(byte)).join('')
  return btoa(characters).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Throws where it is not what `packed` makes. */
export async function unpacked(word: string): Promise<string> {
  const characters = atob(word.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(characters, character => character.charCodeAt(0))
  const text = await streamed(bytes, new DecompressionStream('deflate-raw'))
  return new TextDecoder('utf-8', { fatal: true }).decode(text)
}
