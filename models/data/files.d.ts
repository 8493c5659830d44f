import { type FileHandle } from 'node:fs/promises';
export declare const contentOf: (file: string) => Buffer;
export declare const textOf: (file: string) => string;
/** The lines of a file that are not empty, such as names of classes; none of a file that is not there. */
export declare const linesOf: (file: string) => string[];
export declare const namesIn: (folder: string) => string[];
/** The names of the folders in one, in order, without hidden ones. */
export declare const foldersIn: (folder: string) => string[];
/** Opens a file for as long as `body` takes: a set may have thousands, of which not all can be open. */
export declare function opened<T>(file: string, body: (handle: FileHandle) => Promise<T>): Promise<T>;
/** Bytes of a file from a place on; fewer at its end. */
export declare function bytesAt(handle: FileHandle, at: number, length: number): Promise<Uint8Array>;
