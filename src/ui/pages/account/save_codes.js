for (const button of document.querySelectorAll("[data-codes]")) {
  button.hidden = false;
  button.onclick = async () => {
    if (button.dataset.codes === "print") return print();
    await navigator.clipboard.writeText(document.querySelector(".codes").textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  };
}
