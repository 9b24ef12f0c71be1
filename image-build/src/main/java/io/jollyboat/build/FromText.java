package io.jollyboat.build;

import io.jollyboat.Image.Base;

/** The FROM of a stage, as a person would write it. */
record FromText(BuildStage stage) {
  String text() {
    return "FROM "
        + base(stage.image().base())
        + stage.image().stageName().map(name -> " AS " + name).orElse("");
  }

  private String base(Base base) {
    if (base instanceof Base.Reference reference) {
      return reference.platform().map(p -> "--platform=" + p + " ").orElse("") + reference.name();
    }
    if (base instanceof Base.Stored stored) {
      return stored.id().shortHex();
    }
    if (base instanceof Base.Host) {
      return "this machine";
    }
    return stage.below().map(BuildStage::name).orElse("scratch");
  }
}
