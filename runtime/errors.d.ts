/**
 * What can go wrong at run time, as types. A message is a sentence that names the entry, kernel and module path it
 * came from and says the way out; `instanceof` tells callers what to do about it.
 */
/** Every error the runtime throws on purpose. */
export declare class FacetError extends Error {
    name: string;
}
/** The caller gave something the program or the machine cannot take: a name, length, type, setting or file. */
export declare class BadInput extends FacetError {
    name: string;
}
/** No adapter can be used: says what was tried and what to install. */
export declare class NoAdapter extends FacetError {
    name: string;
}
/** The device is gone (reset, unplugged, timed out, destroyed). Open a new one and load the last checkpoint. */
export declare class DeviceLost extends FacetError {
    /** Whether its owner called `Device.destroy`, so that nobody wants it back. */
    readonly destroyed: boolean;
    name: string;
    /** `destroyed`: whether its owner called `Device.destroy`, so that nobody wants it back. */
    constructor(message: string, 
    /** Whether its owner called `Device.destroy`, so that nobody wants it back. */
    destroyed?: boolean);
}
/** Buffers of the program do not fit. */
export declare class OutOfMemory extends FacetError {
    name: string;
}
/** A metric is infinite or not a number. */
export declare class NonFinite extends FacetError {
    name: string;
}
/** A kernel was refused by the WGSL compiler or by the device: a bug in the compiler that made it, not in the caller's program. */
export declare class KernelError extends FacetError {
    name: string;
}
