/** Files out of a drop or a file input, with the folders they lie in. */
import type { Dropped } from './messages.js'

export const chosen = (files: FileList): Dropped[] =>
  [...files].map(file => ({ path: file.webkitRelativePath || file.name, file }))

/** Goes through dropped folders. The items of a drop are gone after the event: they are taken before anything is awaited. */
export async function droppedFiles({ items }: DataTransfer): Promise<Dropped[]> {
  const entries = [...items].map(item => item.webkitGetAsEntry()).filter(entry => entry !== null)
  return (await Promise.all(entries.map(filesUnder))).flat()
}

async function filesUnder(entry: FileSystemEntry): Promise<Dropped[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return [{ path: entry.fullPath.slice(1), file }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: Dropped[] = []
  for (;;) {
    // Browsers give about a hundred at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return found
    found.push(...(await Promise.all(some.map(filesUnder))).flat())
  }
}
