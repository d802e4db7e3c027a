// Loads the page anew when a file was saved; where something was filled in, says so and leaves it alone.
(() => {
  const form = document.querySelector('form[data-keeps]'), note = document.getElementById('saved')
  let touched = Boolean(document.getElementById('refused'))
  form?.addEventListener('input', () => { touched = true })
  form?.addEventListener('submit', () => { touched = false })
  document.getElementById('refused')?.scrollIntoView()
  new EventSource('/events').onmessage = () => {
    if (touched) note.hidden = false
    else location.reload()
  }
})()
