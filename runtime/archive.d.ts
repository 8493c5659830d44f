export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
export declare const isFileName: (name: string) => boolean;
/** The archive of `files`, in their order. */
export declare function packFiles(files: Files): Uint8Array<ArrayBuffer>;
/** The files of an archive, as views of it. Throws `BadInput`, starting with `what`, naming the byte where it is not right. */
export declare function unpackFiles(archive: Uint8Array<ArrayBuffer>, what: string): Files;
