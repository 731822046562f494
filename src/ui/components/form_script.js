addEventListener("submit", (event) => {
  const form = event.target;
  if (form.sending) return event.preventDefault();
  const button = event.submitter ?? form.querySelector("[type=submit]");
  const show = (sending) => {
    form.sending = sending;
    button?.toggleAttribute("data-sending", sending);
  };
  const end = () => {
    clearTimeout(timer);
    removeEventListener("pagehide", end);
    show(false);
  };
  show(true);
  addEventListener("pagehide", end);
  const timer = setTimeout(end, 10000);
});
