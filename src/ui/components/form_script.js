addEventListener("submit", (event) => {
  const form = event.target;
  if (form.sending) return event.preventDefault();
  const button = event.submitter ?? form.querySelector("[type=submit]");
  const show = (sending) => {
    form.sending = sending;
    button?.toggleAttribute("data-sending", sending);
  };
  const end = () => show(false);
  show(true);
  addEventListener("pagehide", end, { once: true });
  setTimeout(end, 10000);
});
