/**
 * Waiting for Dawn in Node. While anything is pending, dawn.node polls from `setImmediate` without a pause, which takes
 * a whole core that a software adapter needs. So the event loop sleeps a little between its turns, longer the longer
 * nothing has finished: about 2% of the time waited, 0.05 to 1 ms.
 */
const cell = new Int32Array(new SharedArrayBuffer(4))
let pending = 0
let since = 0
let ticking = false

export function waitIdle<T>(promise: Promise<T>): Promise<T> {
  pending++
  since = performance.now()
  if (!ticking) {
    ticking = true
    setImmediate(tick)
  }
  promise.then(settled, settled)
  return promise
}

function settled(): void {
  pending--
  since = performance.now()
}

function tick(): void {
  if (pending === 0) {
    ticking = false
    return
  }
  Atomics.wait(cell, 0, 0, Math.min(1, Math.max(0.05, (performance.now() - since) * 0.02)))
  setImmediate(tick)
}
