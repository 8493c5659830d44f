/**
 * Records of the CIFAR binary versions: a label byte (of CIFAR-100 two: superclass and class) and three planes of 32 x 32 bytes
 * (red, green, blue), without header. A file may hold any number of them. Layout: https://www.cs.toronto.edu/~kriz/cifar.html
 */
import { type Split } from './images.js';
/** Height and width of an image. */
export declare const PIXELS = 32;
/** Names by label, where no file says them. */
export declare const cifar10Classes: readonly string[];
/** The images in the bytes of a file, which `file` names in errors. Throws `DataError` if it is truncated or has a label above 9. */
export declare const cifar10Records: (bytes: Uint8Array, file: string) => Split;
/** The same of CIFAR-100, with the labels of the 100 classes, or of the 20 superclasses. */
export declare const cifar100Records: (bytes: Uint8Array, file: string, { coarse }?: {
    coarse?: boolean | undefined;
}) => Split;
/** The images of all splits, one after the other. */
export declare function joined(splits: readonly Split[]): Split;
