// How a device should use tus-js-client with this server; docs/clients.md says why.

/** Options for every `tus.Upload`: it goes on by itself for some three hours without a byte. */
export const resuming = {
  retryDelays: [0, 1000, 3000, 5000, ...Array(1000).fill(10_000)],
  onShouldRetry: (error) => {
    const status = error.originalResponse?.getStatus() ?? 0
    return status < 400 || status >= 500 || [409, 423, 429].includes(status)
  },
}

/**
 * Starts an upload, and starts it again when nothing has moved for so long (ms): the client itself would wait for ever.
 * Longer than any of the delays above, so that it never meets one.
 */
export function keepGoing(upload, silence = 30_000) {
  let timer
  let over = false
  const after = (delay, action) => {
    clearTimeout(timer)
    if (!over) timer = setTimeout(action, delay)
  }
  const end = () => {
    over = true
    clearTimeout(timer)
  }
  const moved = () => after(silence, giveUpTheLine)
  const giveUpTheLine = () => {
    upload.abort()
    after(1000, start)
  }
  const start = () => {
    moved()
    upload.start()
  }
  for (const name of ['onProgress', 'onBeforeRequest', 'onAfterResponse']) tell(upload.options, name, moved)
  for (const name of ['onSuccess', 'onError']) tell(upload.options, name, end)
  start()
}

/** Also tells somebody else what the upload tells the one who gave its options. */
function tell(options, name, other) {
  const own = options[name]
  options[name] = (...args) => {
    other()
    return own?.(...args)
  }
}
