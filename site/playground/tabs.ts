/** Tabs as the authoring practices of ARIA have them: one is a stop for Tab, arrows, Home and End go between them. */
export class Tabs {
  private readonly tabs: readonly HTMLElement[]

  constructor(list: HTMLElement) {
    this.tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')]
    list.addEventListener('click', event => {
      const tab = (event.target as Element).closest('[role=tab]')
      if (tab) this.choose(tab.getAttribute('aria-controls')!)
    })
    list.addEventListener('keydown', ({ key }) => {
      const at = this.tabs.indexOf(document.activeElement as HTMLElement)
      const last = this.tabs.length - 1
      const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[
        key
      ]
      if (at < 0 || next === undefined) return
      this.choose(this.tabs[next]!.getAttribute('aria-controls')!)
      this.tabs[next]!.focus()
    })
  }

  /** Shows the panel of this id. */
  choose(id: string): void {
    for (const tab of this.tabs) {
      const panel = tab.getAttribute('aria-controls')!
      tab.ariaSelected = `${panel === id}`
      tab.tabIndex = panel === id ? 0 : -1
      document.getElementById(panel)!.hidden = panel !== id
    }
  }
}
