/** Why a file cannot be read or written, in words. */
import { lstatSync } from 'node:fs'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EEXIST: 'a file is in its place',
  ENOTDIR: 'a file is in the place of a folder',
  EISDIR: 'a folder is in the place of a file',
  ENOTEMPTY: 'a folder that is not empty is in its place',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ELOOP: 'it is a link that leads back to itself',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk fails',
}

/** The reason of an error of the file system; `undefined` for any other. */
export function reasonOf(error: unknown): string | undefined {
  const { code, path, syscall, message } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return undefined
  if (code === 'ENOENT' && path !== undefined && isLink(path)) return 'it is a link to nothing'
  return reasons[code] ?? message
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}
