"use strict";
// Search, filter, order, copy and keys. The page is complete without any of it.
(() => {
  const tools = document.getElementById("tools");
  const field = (name) => document.getElementById(`tools-${name}`);
  const records = [...document.querySelectorAll("details.record")].map((element, place) => ({
    element,
    place,
    list: element.closest(".records"),
    head: element.querySelector("summary").textContent.toLowerCase(),
    opened: false,
  }));
  const fewEnoughToOpen = 8;

  // What is inside a record is read when it is first asked for: a large page opens faster.
  const itemsOf = (record) => {
    record.items ??= [...record.element.querySelectorAll("[data-verdict]")].map((element) => {
      const reason = element.parentElement.querySelector(":scope > .reason");
      const text = `${reason ? reason.textContent : ""} ${element.textContent}`;
      const accounts = element.dataset.account ?? record.element.dataset.account;
      return { element, accounts: accounts.split(" "), text: `${record.head} ${text}`.toLowerCase() };
    });
    return record.items;
  };

  const wanted = () => ({
    terms: field("search").value.toLowerCase().split(/\s+/).filter(Boolean),
    verdict: field("verdict").value,
    severity: field("severity").value,
    account: field("account")?.value ?? "",
  });

  const fits = (item, { terms, verdict, severity, account }) =>
    (!verdict || item.element.dataset.verdict === verdict) &&
    (!severity || item.element.dataset.severity === severity) &&
    (!account || item.accounts.includes(account)) &&
    terms.every((term) => item.text.includes(term));

  const show = (record, asked) => {
    let some = false;
    for (const item of itemsOf(record)) {
      const shown = fits(item, asked);
      item.element.hidden = !shown;
      some ||= shown;
    }
    for (const group of record.element.querySelectorAll("tbody, .scroll")) {
      group.hidden = !group.querySelector("[data-verdict]:not([hidden])");
    }
    const facets = asked.verdict || asked.severity || asked.account;
    const named = !facets && asked.terms.every((term) => record.head.includes(term));
    record.element.hidden = !(some || named);
    return !record.element.hidden;
  };

  // What was folded away takes part as soon as someone looks for something.
  const unfold = () => {
    const folded = document.querySelector("details.more");
    if (folded) {
      folded.after(...folded.querySelectorAll(":scope > details.record"));
      folded.remove();
    }
  };

  const tell = () => {
    const count = (kind) => {
      const all = records.filter(({ element }) => element.classList.contains(kind));
      const shown = all.filter(({ element }) => !element.hidden).length;
      return `${shown.toLocaleString("en")} of ${all.length.toLocaleString("en")} ${kind}s`;
    };
    field("told").textContent = `${count("instance")}, ${count("control")} shown.`;
  };

  const filter = () => {
    const asked = wanted();
    const isIdle = !asked.terms.length && !asked.verdict && !asked.severity && !asked.account;
    if (isIdle && !tools.dataset.used) {
      return;
    }
    tools.dataset.used = "yes";
    unfold();
    const shown = records.filter((record) => show(record, asked));
    const open = !isIdle && shown.length <= fewEnoughToOpen;
    for (const record of records) {
      if (open && shown.includes(record) && !record.element.open) {
        record.element.open = record.opened = true;
      } else if (!open && record.opened) {
        record.element.open = record.opened = false;
      }
    }
    if (isIdle) {
      field("told").textContent = "";
    } else {
      tell();
    }
  };

  const order = () => {
    const key = field("order").value;
    const compare = (one, other) =>
      (key ? one.element.dataset[key].localeCompare(other.element.dataset[key]) : 0) ||
      one.place - other.place;
    if (key) {
      unfold();
    } else if (!tools.dataset.used) {
      return;
    }
    tools.dataset.used = "yes";
    records.sort(compare);
    for (const record of records) {
      record.list.append(record.element);
    }
  };

  const reset = () => {
    tools.reset();
    order();
    filter();
  };

  const copy = async (button, text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Pages opened from a file or under a policy may not have the clipboard's newer door.
      const holder = document.createElement("textarea");
      holder.value = text;
      button.after(holder);
      holder.select();
      document.execCommand("copy");
      holder.remove();
      button.focus();
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  };

  const addCopyButtons = (within) => {
    for (const command of within.querySelectorAll("pre.command:not([data-copy])")) {
      command.dataset.copy = "yes";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.setAttribute("aria-live", "polite");
      button.addEventListener("click", () => copy(button, command.textContent));
      command.before(button);
    }
  };

  const step = (forward) => {
    const heads = records
      .filter(({ element }) => !element.hidden && element.checkVisibility())
      .map(({ element }) => element.firstElementChild)
      .sort((one, other) => (one.compareDocumentPosition(other) & 4 ? -1 : 1));
    const at = heads.indexOf(document.activeElement.closest("details.record")?.firstElementChild);
    const next = heads[at < 0 && !forward ? heads.length - 1 : at + (forward ? 1 : -1)];
    next?.focus();
    next?.scrollIntoView({ block: "center" });
  };

  const press = (event) => {
    const isTyping = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (event.key === "Escape" && tools.contains(event.target)) {
      reset();
    }
    if (isTyping || !field("keys").checked || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const acts = { "/": () => field("search").focus(), n: () => step(true), p: () => step(false) };
    if (acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  };

  // A link may lead to a record that the filter hides.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.closest("details.record[hidden]")) {
      reset();
      target.scrollIntoView();
    }
  };

  let waiting;
  field("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("change", (event) => {
    if (event.target.matches("select")) {
      order();
      filter();
    }
  });
  field("reset").addEventListener("click", (event) => {
    event.preventDefault();
    reset();
  });
  document.addEventListener("keydown", press);
  document.addEventListener("toggle", (event) => addCopyButtons(event.target), true);
  addEventListener("hashchange", reveal);
  addCopyButtons(document.querySelector(".fixes") ?? tools);
  tools.hidden = false;
})();
