/**
 * For TypeDoc: pages of the guide are named by their first heading; a link to the playground on every page; the pages before and
 * after each page of the guide.
 */
import { Converter, JSX } from 'typedoc'

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    const [start] = document.content
    document.name = /^# (.*)/.exec(start.text)[1]
  })
  app.renderer.hooks.on('sidebar.begin', context =>
    JSX.createElement(
      'nav',
      { class: 'places' },
      JSX.createElement('a', { href: context.relativeURL('playground/index.html') }, 'Playground'),
      JSX.createElement('a', { href: context.relativeURL('llms.txt') }, 'llms.txt'),
    ),
  )
  app.renderer.hooks.on('content.end', context => {
    const documents = context.page.project.documents ?? []
    const place = documents.indexOf(context.page.model)
    if (place < 0) return JSX.createElement(JSX.Fragment, null)
    const link = (document, kind) =>
      document && JSX.createElement('a', { class: kind, href: context.urlTo(document) }, document.name)
    return JSX.createElement(
      'nav',
      { class: 'turn' },
      link(documents[place - 1], 'before'),
      link(documents[place + 1], 'after'),
    )
  })
}
