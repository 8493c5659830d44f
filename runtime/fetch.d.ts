/**
 * Where the bytes of a bundle come from: an address (one file in one request, or a folder, whose address ends with a slash), an
 * answer of a server, or memory.
 */
import { type BundleFiles, type BundleProgress } from './bundle.js';
/** An address, or a `.facet` file: as an answer of `fetch`, as a user chose it, or its bytes. */
export type BundleSource = string | URL | Response | Blob | ArrayBuffer | Uint8Array<ArrayBuffer>;
export interface FetchOptions {
    readonly onProgress?: ((progress: BundleProgress) => void) | undefined;
    /** Aborts the download. */
    readonly signal?: AbortSignal | undefined;
}
/** The files of a bundle in memory; nothing where the source is an address. Throws `BadInput` where it is no bundle. */
export declare function bundleIn(source: BundleSource, options: FetchOptions): Promise<BundleFiles | undefined>;
/** The address that a text is; `base` is that of the page, if there is one. Throws `BadInput` where it is none. */
export declare function addressOf(text: string | URL, base?: string): URL;
/** Fetches `url`, or prepares to fetch from it if it is a folder. Throws `BadInput` where it cannot be had. */
export declare function fetchBundle(url: URL, options?: FetchOptions): Promise<BundleFiles>;
