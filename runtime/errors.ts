/**
 * What can go wrong at run time, as types. A message is a sentence that names the entry, kernel and module path it
 * came from and says the way out; `instanceof` tells callers what to do about it.
 */

/** Every error the runtime throws on purpose. */
export class FacetError extends Error {
  override name = 'FacetError'
}
/** The caller gave something the program or the machine cannot take: a name, length, type, setting or file. */
export class BadInput extends FacetError {
  override name = 'BadInput'
}
/** No adapter can be used: says what was tried and what to install. */
export class NoAdapter extends FacetError {
  override name = 'NoAdapter'
}
/** The device is gone (reset, unplugged, timed out, destroyed). Open a new one and load the last checkpoint. */
export class DeviceLost extends FacetError {
  override name = 'DeviceLost'
  /** `destroyed`: whether its owner called `Device.destroy`, so that nobody wants it back. */
  constructor(
    message: string,
    /** Whether its owner called `Device.destroy`, so that nobody wants it back. */
    readonly destroyed = false,
  ) {
    super(message)
  }
}
/** Buffers of the program do not fit. */
export class OutOfMemory extends FacetError {
  override name = 'OutOfMemory'
}
/** A metric is infinite or not a number. */
export class NonFinite extends FacetError {
  override name = 'NonFinite'
}
/** A kernel was refused by the WGSL compiler or by the device: a bug in the compiler that made it, not in the caller's program. */
export class KernelError extends FacetError {
  override name = 'KernelError'
}
