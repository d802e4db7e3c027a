// Loads the page anew when a file was saved; where something was filled in, says so and leaves it alone.
(() => {
  const form = document.querySelector('form[data-keeps]'), note = document.getElementById('saved')
  let touched = form?.hasAttribute('data-filled')
  form?.addEventListener('input', () => { touched = true })
  form?.addEventListener('submit', () => { touched = false })
  if (touched) (document.getElementById('refused') ?? document.getElementById('review')).scrollIntoView()
  new EventSource(`/events?${document.body.dataset.state}`).onmessage = () => {
    if (touched) note.hidden = false
    else location.reload()
  }
})()
