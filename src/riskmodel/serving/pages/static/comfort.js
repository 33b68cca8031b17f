// Comfort only: every page does its work without this file.
(function () {
  "use strict";
  // A double click saves once here already; the server counts a form once in any case.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.setTimeout(function () { delete form.dataset.sent; }, 4000);
  });
  // A choice in a filter is applied at once.
  document.addEventListener("change", function (event) {
    var form = event.target.closest && event.target.closest("form[data-at-once]");
    if (form && event.target.tagName === "SELECT") { form.submit(); }
  });
  // A text that was typed is not lost by leaving the page.
  var typed = false;
  document.addEventListener("input", function (event) {
    if (event.target.closest && event.target.closest("form[data-keep]")) { typed = true; }
  });
  document.addEventListener("submit", function () { typed = false; });
  window.addEventListener("beforeunload", function (event) { if (typed) { event.preventDefault(); } });
  var print = document.querySelectorAll("[data-print]");
  Array.prototype.forEach.call(print, function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
