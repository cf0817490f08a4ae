/**
 * The API of Lifeboat, {@code dr.lifeboat.dev/v1alpha1}: one class per kind, records for what is in
 * it. The CRDs in {@code crds/manifests} are generated from these types; descriptions are what
 * {@code kubectl explain} shows. A component that is absent from a document is null unless its
 * record gives it a default.
 */
package dev.lifeboat.crds;
