/** Light or dark: as the system has it, or as was chosen, which is kept: under the name that the other pages of the site know it by. */
const KEY = 'tsd-theme'
const dark = matchMedia('(prefers-color-scheme: dark)')

/** Follows a choice of `os`, `light` and `dark`. `paint` is called with what holds now, and whenever that changes. */
export function followScheme(select: HTMLSelectElement, paint: (scheme: 'light' | 'dark') => void): void {
  const follow = (): void => {
    const chosen = select.value as 'os' | 'light' | 'dark'
    document.documentElement.dataset.scheme = chosen
    paint(chosen === 'os' ? (dark.matches ? 'dark' : 'light') : chosen)
  }
  const kept = localStorage.getItem(KEY)
  if (kept === 'light' || kept === 'dark') select.value = kept
  select.addEventListener('change', () => {
    localStorage.setItem(KEY, select.value)
    follow()
  })
  dark.addEventListener('change', follow)
  follow()
}
