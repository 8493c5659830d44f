/**
 * For TypeDoc: pages of the guide are named by their first heading; a link to the playground on every page; the pages before and
 * after each page of the guide; a main landmark for who reads with their ears.
 */
import { Converter, JSX, PageEvent } from 'typedoc'

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
  app.renderer.on(PageEvent.END, page => {
    page.contents = page.contents
      ?.replace('<div class="col-content">', '<div class="col-content" role="main">')
      // A path to what lies beside the guide's sources would be taken for a file to copy, and lead to the page that is not built.
      .replaceAll('href="https://playground.invalid/"', 'href="playground/index.html"')
  })
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
