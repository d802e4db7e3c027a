// Shows coming changes of a policy on any page: README, "The banner on your homepage". What is shipped is this file
// without comments and needless spaces, and has to stay within 2,048 bytes. Words come from the site as texts and are
// set as texts; nothing here makes HTML, a cookie or an inline style, so that the strictest policies let it run.
{
  const tag = 'policy-notice', own = document.currentScript, base = new URL('.', own.src).href.slice(0, -1)
  const put = (to, name, part, text, more) => to.appendChild(
    Object.assign(document.createElement(name), { className: 'policy-banner' + part, textContent: text }, more))
  const get = url => fetch(url).then(it => it.ok && it.text())

  // What this reader put away; where a browser keeps nothing, until the page is left.
  let kept = {}
  try { kept = localStorage } catch {}

  customElements.define(tag, class extends HTMLElement {
    async connectedCallback() {
      if (this.shadowRoot) return
      const user = this.dataset.src || own.dataset.src, hiding = []
      // That nothing was shown is kept as well: the next page then reserves no room meanwhile.
      const show = () => this.hidden = kept[tag] = hiding.map(f => f()).every(Boolean) || ''
      this.hidden = kept[tag]
      try {
        const [json, css] = await Promise.all([get(user || base + '/banners.json'), get(base + '/banner.css')])
        const list = [...JSON.parse(json)], root = this.attachShadow({ mode: 'open' }), sheet = new CSSStyleSheet
        sheet.replaceSync(css)
        root.adoptedStyleSheets = [sheet]
        for (const it of list) {
          const near = n => Object.keys(it.title).find(t => t.startsWith(document.documentElement.lang.slice(0, n)))
          const lang = near() || near(2) || near(0), say = it.words[lang], kind = it.mandatory ? 'confirm' : 'close'
          const box = put(root, 'section', '', '', { lang, ariaLabel: say.label })
          put(box, 'p', '-label', say.label)
          put(box, 'p', '-title', it.title[lang])
          let row = put(box, 'p', '-text')
          say.text.map(part => put(row, 'span', '-part', part))
          row = put(box, 'p', '-links')
          for (const [text, path] of say.links) put(row, 'a', '-link', text, { href: base + path })
          const button = put(row, 'button', '-' + kind, say[kind])
          button.onclick = async () => {
            const body = new Blob([JSON.stringify({ banner: it.id })], { type: 'application/json' })
            const sent = user && await fetch(user, { method: 'POST', body }).catch(() => 0)
            if (it.mandatory && !sent?.ok) return button.textContent = say.failed
            kept[tag + it.id] = it.done = 1
            show()
            const main = document.querySelector('main') || document.body
            main.tabIndex = -1
            main.focus()
          }
          hiding.push((now = new Date().toJSON()) =>
            box.hidden = it.done || !user && kept[tag + it.id] || now < it.from || now >= it.until)
        }
        show()
        setInterval(show, 1e4)
      } catch { this.hidden = '' }
    }
  })
  document.querySelector(tag) || document.body.prepend(document.createElement(tag))
}
