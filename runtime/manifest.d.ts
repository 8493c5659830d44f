/**
 * `manifest.json` of a shader bundle, checked field by field. What is read is untrusted: every field is there, is of its type
 * and within bounds, and every name is a name, before anything is made of it. Whether places lie in their slabs and a device
 * can run it is for `validate.ts`.
 */
import type { Manifest } from '../compiler/bundle/manifest.js';
/** Throws `BadInput`: file, field, what it is and what it should be. */
export declare function checkManifest(text: string, what: string): Manifest;
